import t from 'tap'
import { createS3Store } from '../../../src/store/s3/s3-store.ts'
import { testObjectStore } from '../../support/object-store-contract.ts'
import { radosgwMissing, startRadosgw } from '../../support/radosgw.ts'
import { createS3Client } from '../../../src/store/s3/s3-client.ts'

t.test('the S3 store on radosgw', { skip: radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  Object.assign(process.env, radosgw.env)
  const client = createS3Client({ forcePathStyle: true })
  t.teardown(() => client.destroy())
  const store = createS3Store({ client })
  const lateStore = createS3Store({ client, now: () => new Date(Date.now() - 7_200_000) })
  testObjectStore(t, { store, lateStore, bucket: await radosgw.createBucket() })

  t.test('reports the store as unavailable if the bucket does not exist', async (t) => {
    const put = store.put({ bucket: 'posterframe-no-such-bucket', key: 'a' }, Buffer.from('a'), {
      signal: new AbortController().signal,
      contentType: 'image/jpeg',
      cacheControl: '',
      metadata: {}
    })
    await t.rejects(put, { code: 'store_unavailable', problem: 'no_bucket' })
    const get = store.get({ bucket: 'posterframe-no-such-bucket', key: 'a' }, { signal: new AbortController().signal })
    await t.rejects(get, { code: 'source_not_found', problem: 'no_bucket' })
  })
})
