import t from 'tap'
import { parsePam } from '../../../src/video/media/picture.ts'

const pam = (width: number, height: number, depth: number, data: Buffer, maximum = 255) =>
  Buffer.concat([
    Buffer.from(
      `P7\nWIDTH ${width}\nHEIGHT ${height}\nDEPTH ${depth}\nMAXVAL ${maximum}\nTUPLTYPE ${depth === 4 ? 'RGB_ALPHA' : 'RGB'}\nENDHDR\n`
    ),
    data
  ])

t.test('parses complete pictures', async (t) => {
  const pictures = parsePam(Buffer.concat([pam(2, 1, 3, Buffer.from('abcdef')), pam(1, 2, 4, Buffer.from('ABCDEFGH'))]))
  t.match(pictures, [
    { width: 2, height: 1, channels: 3 },
    { width: 1, height: 2, channels: 4 }
  ])
  t.equal(pictures?.[0]?.data.toString(), 'abcdef')
  t.equal(pictures?.[1]?.data.toString(), 'ABCDEFGH')
  t.same(parsePam(Buffer.alloc(0)), [], 'no bytes are no pictures')
})

t.test('returns nothing if a picture is truncated, empty or of another depth', async (t) => {
  t.equal(parsePam(pam(2, 1, 3, Buffer.from('abcde'))), undefined)
  t.equal(parsePam(pam(0, 1, 3, Buffer.from(''))), undefined)
  t.equal(parsePam(pam(1, 1, 3, Buffer.from('abcdef'), 65535)), undefined)
  t.equal(parsePam(Buffer.from('P6\n2 1\n255\nabcdef')), undefined)
})
