import fc from 'fast-check'
import t from 'tap'
import { checkSourceKey } from '../../src/http/source-request.ts'
import { encodeName, buildUploadKey, sanitiseName } from '../../src/uploads/upload-key.ts'

const keyOf = (callerPrefixes?: string[], sourcePrefixes?: string[]) => () =>
  buildUploadKey({ uploadPrefix: 'uploads/', callerPrefixes, sourcePrefixes, id: '0', filename: 'a b.mp4' })

t.test('keys have a prefix that the caller and the service may read', async (t) => {
  t.equal(keyOf()(), 'uploads/0/a-b.mp4')
  t.equal(keyOf(['tenant-1/', 'tenant-2/'])(), 'tenant-1/uploads/0/a-b.mp4')
  t.equal(keyOf(undefined, ['videos/'])(), 'videos/uploads/0/a-b.mp4')
  t.equal(keyOf(['other/', 'videos/a/'], ['films/', 'videos/'])(), 'videos/a/uploads/0/a-b.mp4')
  t.equal(keyOf(['videos/'], ['films/', 'videos/a/'])(), 'videos/a/uploads/0/a-b.mp4')
  t.throws(keyOf(['tenant-1/'], ['tenant-10/']), { code: 'forbidden_key' })
  t.throws(keyOf([]), { code: 'forbidden_key' })
})

t.test('names get plain characters and keep their extension', async (t) => {
  const names = [
    ['a b.mp4', 'a-b.mp4'],
    ['Été à Paris.MOV', 'Ete-a-Paris.mov'],
    ['日本.mp4', 'video.mp4'],
    ['../../etc/passwd', 'etc-passwd'],
    ['..', 'video'],
    ['.mp4', 'video.mp4'],
    ['$' + '{filename}', 'filename'],
    ['C:\\videos\\a.mp4', 'C-videos-a.mp4'],
    ['a\u0000b\n.mp4', 'a-b.mp4'],
    ['x'.repeat(255), 'x'.repeat(100)],
    [`${'x'.repeat(250)}.webm`, `${'x'.repeat(95)}.webm`]
  ] as const
  for (const [name, expected] of names) t.equal(sanitiseName(name), expected, name.slice(0, 30))
})

t.test('any name gives a valid key, and metadata in short ASCII', async (t) => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 255 }), (filename) => {
      const key = buildUploadKey({
        uploadPrefix: 'uploads/',
        callerPrefixes: undefined,
        sourcePrefixes: undefined,
        id: '0',
        filename
      })
      const encoded = encodeName(filename)
      return (
        checkSourceKey(key) === key &&
        /^uploads\/0\/[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(key) &&
        /^[!-~]{1,1000}$/.test(encoded) &&
        filename.toWellFormed().startsWith(decodeURIComponent(encoded))
      )
    })
  )
  t.equal(decodeURIComponent(encodeName('a b é.mp4')), 'a b é.mp4')
  t.equal(encodeName('日'.repeat(255)).length, 999)
  t.equal(encodeName('lone\ud800'), 'lone%EF%BF%BD')
})
