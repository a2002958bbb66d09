// Passages of a text that is being changed. Offsets are UTF-16 units, which is how JavaScript counts.

/** The findings of the text `before`, moved to where they stand in `after`, without those that the edit between the two touched. */
function moved(findings, before, after) {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  const shift = after.length - before.length;
  const left = findings.filter(({ start, end }) => end <= head || start >= before.length - tail);
  for (const finding of left) {
    if (finding.end <= head) continue;
    finding.start += shift;
    finding.end += shift;
  }
  return left;
}

/** Start and end of a finding, with the space that would be left over if its words were removed. */
function withSpareSpace(text, { start, end }) {
  const [before, after] = [text[start - 1] ?? "\n", text[end] ?? "\n"];
  if (before === " " && " \n,.)".includes(after)) return [start - 1, end];
  return before === "\n" && after === " " ? [start, end + 1] : [start, end];
}
