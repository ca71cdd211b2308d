import { join } from 'node:path'
import t from 'tap'
import { detectContainer, detectFileContainer, requireContainer } from '../../../src/video/demux/sniff.ts'

const ftyp = (brand: string) =>
  Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from(`ftyp${brand}\0\0\0\0isomiso2`, 'latin1')])
const transportStream = (packet: number, first: number) => {
  const bytes = Buffer.alloc(packet * 8)
  for (let at = first; at < bytes.length; at += packet) bytes[at] = 0x47
  return bytes
}
/** A transport stream of null packets. */
const realisticStream = (packet: number) => {
  const bytes = transportStream(packet, packet === 192 ? 4 : 0)
  for (let at = packet === 192 ? 4 : 0; at < bytes.length; at += packet) bytes.writeUInt32BE(0x471fff10, at)
  return bytes
}
const ID3 = Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x3f', 'latin1'), Buffer.alloc(63)])
const box = (type: string, size: number) => {
  const bytes = Buffer.alloc(size)
  bytes.writeUInt32BE(size)
  bytes.write(type, 4, 'latin1')
  return bytes
}
const gif = (blocks: string) =>
  Buffer.concat([
    Buffer.from('GIF89a\x10\0\x10\0\x80\0\0', 'latin1'),
    Buffer.alloc(6),
    Buffer.from(blocks, 'hex'),
    Buffer.alloc(32)
  ])
const png = (type: string, body: string) => {
  const data = Buffer.from(body.padEnd(16, '0'), 'hex')
  const chunk = (name: string, content: Buffer) => {
    const size = Buffer.alloc(4)
    size.writeUInt32BE(content.length)
    return Buffer.concat([size, Buffer.from(name, 'latin1'), content, Buffer.alloc(4)])
  }
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', Buffer.alloc(13)),
    chunk(type, data),
    chunk('IDAT', Buffer.alloc(8))
  ])
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
    ['transport stream with check bytes', transportStream(204, 0), 'mpegts', 'mpegts'],
    ['transport stream in mid-packet', realisticStream(188).subarray(100), 'mpegts', 'mpegts'],
    ['transport stream behind an ID3 tag', Buffer.concat([ID3, realisticStream(188)]), 'mpegts', 'mpegts'],
    ['transport stream in mid-packet, with time codes', realisticStream(192).subarray(10), 'mpegts', 'mpegts'],
    ['transport stream in mid-packet, with check bytes', realisticStream(204).subarray(10), 'mpegts', 'mpegts'],
    ['MPEG-1 video', Buffer.from('000001b31400f01400c820a0000001b800080040', 'hex'), 'mpegvideo', 'mpegvideo'],
    ['MPEG-4 video', Buffer.from('000001000000012000c888800cd0b0424106102001', 'hex'), 'mpeg4video', 'm4v'],
    [
      'MPEG-4 video with a sequence',
      Buffer.from('000001b001000001b58913000001000000012000c48881f45140', 'hex'),
      'mpeg4video',
      'm4v'
    ],
    ['H.264', Buffer.from('0000000109f00000000167640014acd9410000000168ebe3cb', 'hex'), 'h264', 'h264'],
    ['HEVC', Buffer.from('0000000140010c01000000014201010100000001440172b0', 'hex'), 'hevc', 'hevc'],
    ['MXF', Buffer.from('060e2b34020501010d010201010204008300006800010003', 'hex'), 'mxf', 'mxf'],
    [
      'MXF behind other bytes',
      Buffer.concat([Buffer.alloc(300, 1), Buffer.from('060e2b34020501010d010201010204', 'hex')]),
      'mxf',
      'mxf'
    ],
    ['GIF that repeats', gif('21ff0b4e45545343415045322e300301000000'), 'gif', 'gif'],
    ['GIF with a delay', gif('21f904000a000000'), 'gif', 'gif'],
    ['GIF of two pictures', gif('2c00000000010001000002024401002c'), 'gif', 'gif'],
    ['animated PNG', png('acTL', '00000002'), 'apng', 'apng'],
    ...['udta', 'free', 'skip', 'pict', 'junk'].map((type): [string, Buffer, string, string] => [
      `MP4 that begins with ${type}`,
      Buffer.concat([box(type, 40), ftyp('isom')]),
      type === 'free' || type === 'skip' ? 'mov' : 'mp4',
      'mov'
    ]),
    [
      'MOV that begins with two unknown boxes',
      Buffer.concat([box('abcd', 40), box('efgh', 9), box('moof', 16)]),
      'mov',
      'mov'
    ],
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
  const others: Array<[string, Buffer]> = [
    ['GIF of one picture', gif('2c00000000010001000002024401003b')],
    ['GIF with transparency', gif('21f9040100000000' + '2c00000000010001000002024401003b')],
    ['PNG', png('gAMA', '0000b18f')],
    ['animated PNG of one frame', png('acTL', '00000001')],
    ['WebP', Buffer.from('RIFF\x10\0\0\0WEBPVP8X\x0a\0\0\0\x02\0\0\0', 'latin1')],
    ['text with a G at equal distances', Buffer.from(`${'x'.repeat(50)}${`G${'ab c'.repeat(46)}abc`.repeat(50)}`)],
    ['unknown boxes alone', Buffer.concat([box('abcd', 40), box('efgh', 40), box('ijkl', 40)])],
    ['a still picture behind another box', Buffer.concat([box('abcd', 16), ftyp('heic')])],
    ['a start code of audio', Buffer.from('000001c00000800000000000000000000000', 'hex')],
    ['MPEG audio behind an ID3 tag', Buffer.concat([ID3, Buffer.from('fffb9064'.repeat(500), 'hex')])]
  ]
  for (const [what, head] of others) t.equal(detectContainer(head), undefined, what)
  for (const brand of ['heic', 'avif', 'mif1']) t.equal(detectContainer(ftyp(brand)), undefined, brand)
})

t.test('walks over boxes that are larger than the head of the file', async (t) => {
  const reads: number[] = []
  const size = 5_000_000
  const boxes = new Map([[0, box('junk', 2_000_000)], [2_000_000, box('udta', 1_000_000)], [3_000_000, ftyp('isom')]])
  const read = async (start: number, end: number) => {
    reads.push(end - start)
    return Buffer.concat([(boxes.get(start) ?? Buffer.alloc(0)).subarray(0, end - start)], end - start)
  }
  t.equal((await requireContainer({ size, read })).name, 'mp4')
  t.ok(reads.length <= 5 && reads.reduce((sum, bytes) => sum + bytes) < 71_000, 'with few and small reads')
  boxes.set(3_000_000, ftyp('heic'))
  await t.rejects(requireContainer({ size, read }), { code: 'unsupported_media' })
  boxes.clear()
  for (let at = 0; at < size; at += 100_000) boxes.set(at, box('abcd', 100_000))
  await t.rejects(requireContainer({ size, read }), { code: 'unsupported_media' }, 'gives up after some')
})

t.test('rejects a file without a supported container, and an empty one', async (t) => {
  const directory = t.testdir({ 'movie.mp4': 'this is not a movie at all', 'empty.mp4': '' })
  await t.rejects(detectFileContainer(join(directory, 'movie.mp4')), {
    code: 'unsupported_media',
    detail: /not those of a supported container: MP4, MOV, .*, MXF, .* or animated PNG\. /
  })
  await t.rejects(detectFileContainer(join(directory, 'empty.mp4')), {
    code: 'unsupported_media',
    detail: 'The file is empty. Upload the video again.'
  })
})
