export async function writeReport(folder) {
  return folder.href;
}
