import t from 'tap'
import { readHead } from '../../../src/store/s3/s3-response.ts'

t.test('rejects an ETag that names no version, or would not fit into the metadata of a thumbnail', async (t) => {
  for (const ETag of [undefined, '', '""', 'W/""', `"${'a'.repeat(257)}"`]) {
    t.throws(() => readHead({ ContentLength: 1, ETag }), { code: 'store_unavailable' }, String(ETag).slice(0, 9))
  }
  t.equal(readHead({ ContentLength: 1, ETag: `"${'a'.repeat(256)}"` }).etag.length, 256)
})
