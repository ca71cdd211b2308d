import t from 'tap'
import { chooseUploadType } from '../../src/uploads/upload-type.ts'

t.test('stores a type of videos in lower case and without parameters', async (t) => {
  t.equal(chooseUploadType('a.bin', 'video/MP2T'), 'video/mp2t')
  t.equal(chooseUploadType('a', ' video/webm;codecs=vp9 '), 'video/webm')
  t.equal(chooseUploadType('a.mxf', 'application/mxf'), 'application/mxf')
  t.equal(chooseUploadType('a.gif', 'image/gif'), 'image/gif')
  t.equal(chooseUploadType('a.apng', 'image/apng'), 'image/apng')
  t.equal(chooseUploadType('a.txt', 'Application/Octet-Stream'), 'application/octet-stream')
})

t.test('stores the type of the file name for types that videos have by mistake', async (t) => {
  for (const [filename, contentType, stored] of [
    ['a.ts', 'text/vnd.trolltech.linguist', 'video/mp2t'],
    ['a.ts', 'application/typescript', 'video/mp2t'],
    ['A.3GP', 'audio/3gpp', 'video/3gpp'],
    ['a.3g2', 'audio/3gpp2', 'video/3gpp2'],
    ['a.ogg', 'audio/ogg', 'video/ogg'],
    ['a.webm', 'audio/webm', 'video/webm'],
    ['a.asf', 'application/vnd.ms-asf', 'video/x-ms-asf']
  ] as const) {
    t.equal(chooseUploadType(filename, contentType), stored, contentType)
  }
})

t.test('rejects every other type', async (t) => {
  for (const [filename, contentType] of [
    ['a.mp3', 'audio/mpeg'],
    ['a.jpg', 'audio/ogg'],
    ['a.mp4', 'text/html'],
    ['a.mp4', 'image/svg+xml'],
    ['a.mp4', 'video/'],
    ['a.mp4', 'video/mp4\r\nx: y'],
    ['a.ts', 'text/html, text/vnd.trolltech.linguist'],
    ['a.mp4', '']
  ] as const) {
    t.throws(
      () => chooseUploadType(filename, contentType),
      { code: 'invalid_request', members: { parameter: 'contentType' }, message: /is not the type of a video/ },
      contentType
    )
  }
})
