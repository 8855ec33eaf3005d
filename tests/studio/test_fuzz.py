"""The API asked all sorts of things, made from its own schema: no fault of ours, whatever it is."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.studios import composed, studio

JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**70), 2**70),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=300),
    st.lists(st.integers(), max_size=2),
    st.dictionaries(st.text(max_size=5), st.integers(), max_size=2),
)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with studio(tmp_path_factory.mktemp("library")) as client:
        client.known = ["ragtime", *composed(client)]
        client.known.append(client.post("/api/corpora", json={"name": "Rags"}).json()["id"])
        client.known.append(client.get("/api/jobs").json()["jobs"][0]["id"])
        client.schema = client.get("/api/openapi.json").json()
        yield client


def values(schema, whole, known):
    """What fits a schema, more or less, and now and then what does not."""
    if "$ref" in schema:
        return values(whole["components"]["schemas"][schema["$ref"].split("/")[-1]], whole, known)
    if "anyOf" in schema:
        return st.one_of(*(values(each, whole, known) for each in schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")])) | JUNK
    kind = schema.get("type")
    if kind == "object":
        fields = {k: values(v, whole, known) for k, v in schema.get("properties", {}).items()}
        return st.fixed_dictionaries({}, optional=fields) | JUNK
    if kind == "array":
        return st.lists(values(schema.get("items", {}), whole, known), max_size=3) | JUNK
    if kind in ("integer", "number"):
        low, high = schema.get("minimum", -5), schema.get("maximum", 300)
        return st.integers(low, high) | st.floats(-10, 400) | JUNK
    return st.sampled_from(known) | st.sampled_from(["2/4", "mid", "roll.svg", "Eb", "ABA"]) | JUNK


@st.composite
def requests(draw, schema, known):
    """Method, path, query and what is sent with it."""
    path = draw(st.sampled_from(sorted(schema["paths"])))
    method = draw(st.sampled_from(sorted(schema["paths"][path])))
    about = schema["paths"][path][method]
    query, headers = {}, {}
    for each in about.get("parameters", ()):
        value = draw(values(each["schema"], schema, known))
        if each["in"] == "path":
            text = str(value).encode("utf-8", "replace")
            path = path.replace(f"{{{each['name']}}}", "".join(f"%{byte:02X}" for byte in text))
        elif each["in"] == "query" and value is not None:
            query[each["name"]] = str(value).encode("utf-8", "replace").decode()
        elif each["in"] == "header":
            headers[each["name"]] = str(value).encode("ascii", "replace").decode()
    sent = {}
    content = about.get("requestBody", {}).get("content", {})
    if "application/json" in content:
        sent["json"] = draw(values(content["application/json"]["schema"], schema, known))
    elif content:
        name = draw(st.sampled_from(["file", "files", "other"]))
        data = draw(st.binary(max_size=50))
        sent["files"] = [(name, (draw(st.text(min_size=1, max_size=20)), data))]
    headers = {k: v for k, v in headers.items() if v.isprintable()}
    return method.upper(), path, query, headers, sent


@settings(
    max_examples=400,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@pytest.mark.slow
@given(data=st.data())
def test_whatever_is_asked_is_answered(here, data):
    asked = data.draw(requests(here.schema, here.known))
    method, path, query, headers, sent = asked
    with here.stream(method, path, params=query, headers=headers, **sent) as answer:
        assert answer.status_code < 500, asked
        assert "content-security-policy" in answer.headers
        if answer.headers.get("content-type") == "application/json":
            answer.read()
            assert not answer.is_error or isinstance(answer.json()["error"], str)
