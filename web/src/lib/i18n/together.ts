/**
 * What must not be torn apart at the end of a line: "quý III", "Điều 5", "ngày 21 tháng 11", "12 phút".
 *
 * Rules: a word that counts or names something and the number beside it get a no-break space between them, also in titles that people
 * typed; nothing else changes, and the result compares and searches like the text it was (white space is white space).
 *
 *     together('Báo cáo quý III năm 2026')   // 'Báo cáo quý\u00a0III năm\u00a02026'
 */
const BEFORE =
  'quý|ngày|tháng|năm|số|điều|khoản|điểm|chương|phần|phụ lục|bảng|trang|bản|lần|chỗ|nội dung|khu vực|phòng|thứ|kỳ|khóa|đợt|page|item|seat|version';
const AFTER = 'giờ|phút|giây|ngày|tháng|năm|trang|tài liệu|chỗ|lần|thiết bị|người|nội dung|đồng|MB|KB|GB|h|min|s|pages?|papers?|seats?|items?';
const NUMBER = String.raw`(?:\d[\d.,/:-]*|[IVX]+)(?![\p{L}\d])`;

/* Words in any case that titles use; the number keeps its own, for IX is one and Ix is not. */
const cased = (word: string): string[] => [word, word[0]!.toUpperCase() + word.slice(1), word.toUpperCase()];
const NAMES = BEFORE.split('|').flatMap(cased).join('|');
const NAMED = new RegExp(`(?<![\\p{L}])(${NAMES})[ \u00a0](?=${NUMBER})`, 'gu');
const COUNTED = new RegExp(`(?<![\\p{L}\\d])(\\d[\\d.,]*)[ \u00a0](${AFTER})(?![\\p{L}])`, 'gu');
const ANY = /\d|[IVX]/;

/** The same text with its numbers held to their words. */
export function together(text: string): string {
  if (!ANY.test(text)) return text;
  return text
    .replace(NAMED, '$1\u00a0')
    .replace(COUNTED, (_, count: string, unit: string) => `${count}\u00a0${unit.replace(' ', '\u00a0')}`);
}
