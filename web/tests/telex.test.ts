import { describe, expect, it } from 'vitest';
import { compose, lastWord } from '$lib/marks/telex.ts';

const typed = (keys: string): string => [...keys].reduce((text, key) => {
  const word = lastWord(text);
  return text.slice(0, text.length - word.length) + (/\p{L}/u.test(key) ? compose(word, key) : word + key);
}, '');

describe('Vietnamese with Telex', () => {
  it.each([
    ['tieengs', 'tiếng'], ['Vieejt', 'Việt'], ['nguwowif', 'người'], ['dduwowcj', 'được'], ['hoaf', 'hòa'], ['hoanf', 'hoàn'],
    ['toans', 'toán'], ['quys', 'quý'], ['quanr', 'quản'], ['giaf', 'già'], ['gif', 'gì'], ['thuyr', 'thủy'], ['khoer', 'khỏe'],
    ['ddieemr', 'điểm'], ['nghij', 'nghị'], ['thoongs', 'thống'], ['nhaats', 'nhất'], ['muwa', 'mưa'], ['muaw', 'mưa'], ['quaw', 'quă'],
    ['suwar', 'sửa'], ['nawm', 'năm'], ['trawng', 'trăng'], ['ruwowuj', 'rượu'], ['khuyeens', 'khuyến'], ['ngoaif', 'ngoài'], ['DDeef', 'Đề'],
    ['xem laij', 'xem lại'], ['cuoocj hopj', 'cuộc họp'], ['truowngs', 'trướng'], ['tana', 'tân'], ['thuowng', 'thương'], ['luwu', 'lưu'],
    ['giuwx', 'giữ'], ['cuar', 'của'], ['kieemr sats', 'kiểm sát'], ['w', 'ư'], ['uw', 'ư'], ['dieeuf', 'diều'], ['dieuf', 'dièu'],
  ])('%s is %s', (keys, text) => {
    expect(typed(keys)).toBe(text);
  });

  it.each([['ass', 'as'], ['aaa', 'aa'], ['ddd', 'dd'], ['tesst', 'test'], ['az', 'az'], ['asz', 'a'], ['uww', 'uw'], ['b2', 'b2']])(
    'a key given twice takes it back: %s is %s',
    (keys, text) => expect(typed(keys)).toBe(text),
  );

  it('changes the word at the end and nothing before it', () => {
    expect(lastWord('kính gửi')).toBe('gửi');
    expect(lastWord('điểm 3.')).toBe('');
  });
});
