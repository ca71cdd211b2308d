import { join } from 'node:path'
import t from 'tap'
import { detectContainer, detectFileContainer } from '../../../src/video/demux/sniff.ts'

const ftyp = (brand: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}\0\0\0\0isomiso2`, 'latin1')])
const transportStream = (packet: number, first: number) => {
  const bytes = Buffer.alloc(packet * 8)
  for (let at = first; at < bytes.length; at += packet) bytes[at] = 0x47
  return bytes
}

t.test('detects containers by their first bytes', async (t) => {
  const cases: Array<[string, Buffer, string, string]> = [
    ['MP4', ftyp('isom'), 'mp4', 'mov'],
    ['QuickTime', ftyp('qt  '), 'mov', 'mov'],
    ['QuickTime without ftyp', Buffer.from('\0\0\0\x08wide\0\0\0\0mdat', 'latin1'), 'mov', 'mov'],
    [
      'Matroska',
      Buffer.from('1a45dfa3a34286810142f7810142f2810442f381084282886d6174726f736b61', 'hex'),
      'matroska',
      'matroska'
    ],
    [
      'WebM',
      Buffer.from('1a45dfa39f4286810142f7810142f2810442f381084282847765626d42878104', 'hex'),
      'webm',
      'matroska'
    ],
    ['AVI', Buffer.from('RIFF\x10\0\0\0AVI LIST', 'latin1'), 'avi', 'avi'],
    ['FLV', Buffer.from('FLV\x01\x05\0\0\0\x09\0\0\0\0\0\0\0', 'latin1'), 'flv', 'flv'],
    ['ASF', Buffer.from('3026b2758e66cf11a6d900aa0062ce6c0000', 'hex'), 'asf', 'asf'],
    ['program stream', Buffer.from('000001ba440004000401000003f80000', 'hex'), 'mpegps', 'mpeg'],
    ['transport stream', transportStream(188, 0), 'mpegts', 'mpegts'],
    ['transport stream with time codes', transportStream(192, 4), 'mpegts', 'mpegts'],
    ['Ogg', Buffer.from('OggS\0\x02\0\0\0\0\0\0\0\0\0\0', 'latin1'), 'ogg', 'ogg']
  ]
  for (const [what, head, name, demuxer] of cases) t.match(detectContainer(head), { name, demuxer }, what)
})

t.test('does not support playlists, scripts, images and noise', async (t) => {
  const cases = [
    '#EXTM3U\n#EXT-X-VERSION:3\n',
    'ffconcat version 1.0\nfile x\n',
    '<?xml version="1.0"?><MPD></MPD>',
    'v=0\no=- 0 0 IN IP4 127.0.0.1',
    '<svg xmlns="http://www.w3.org/2000/svg">',
    '\xff\xd8\xff\xe0\0\x10JFIF\0\x01\x01\0\0\x01',
    '\x89PNG\r\n\x1a\n\0\0\0\rIHDR',
    'GIF89a\x10\0\x10\0\xf0\0\0\0\0\0',
    'PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0\0\0',
    'just some text, nothing else here',
    '\0'.repeat(64),
    'RIFF\x10\0\0\0WAVEfmt '
  ]
  for (const text of cases) {
    t.equal(detectContainer(Buffer.from(text, 'latin1')), undefined, JSON.stringify(text.slice(0, 12)))
  }
  for (const brand of ['heic', 'avif', 'mif1']) t.equal(detectContainer(ftyp(brand)), undefined, brand)
})

t.test('rejects a file without a supported container, and an empty one', async (t) => {
  const directory = t.testdir({ 'movie.mp4': 'this is not a movie at all', 'empty.mp4': '' })
  await t.rejects(detectFileContainer(join(directory, 'movie.mp4')), {
    code: 'unsupported_media',
    detail: /not those of a supported container: MP4/
  })
  await t.rejects(detectFileContainer(join(directory, 'empty.mp4')), {
    code: 'unsupported_media',
    detail: 'The file is empty. Upload the video again.'
  })
})
