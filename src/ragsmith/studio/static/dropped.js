// What somebody let fall on the page: files, and all files of folders.

const MOST = 5000;

/** [{file, folder}] of a drop; hidden files are left out. */
export async function dropped(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.length) return [...transfer.files].map((file) => ({ file, folder: null }));
  const found = [];
  for (const entry of entries) await gather(entry, entry.isDirectory ? entry.name : null, found);
  return found;
}

async function gather(entry, folder, found) {
  if (found.length >= MOST || entry.name.startsWith(".")) return;
  if (entry.isFile) {
    found.push({ file: await new Promise((yes, no) => entry.file(yes, no)), folder });
    return;
  }
  const reader = entry.createReader();
  const more = () => new Promise((yes, no) => reader.readEntries(yes, no));
  // A reader gives some hundred entries at a time, and none at the end.
  for (let batch = await more(); batch.length; batch = await more()) {
    for (const child of batch) await gather(child, folder, found);
  }
}
