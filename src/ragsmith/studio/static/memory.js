// Small things remembered by the browser; forgotten where it does not let us.

export function kept(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(`ragsmith.${name}`)) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function keep(name, value) {
  try {
    localStorage.setItem(`ragsmith.${name}`, JSON.stringify(value));
  } catch {
    // A private window without storage works too, it only forgets.
  }
}
