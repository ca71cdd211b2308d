import t from 'tap'
import { createS3Store } from '../../../src/store/s3/s3-store.ts'
import { createS3UploadStore } from '../../../src/store/s3/s3-upload-store.ts'
import { radosgwMissing, startRadosgw } from '../../support/radosgw.ts'
import { testUploadStore } from '../../support/upload-store-contract.ts'
import { createS3Client } from '../../../src/store/s3/s3-client.ts'

t.test('uploads to S3 on radosgw', { skip: radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  Object.assign(process.env, radosgw.env)
  const client = createS3Client({ forcePathStyle: true })
  t.teardown(() => client.destroy())
  const uploadStore = createS3UploadStore({ client })
  const lateUploadStore = createS3UploadStore({ client, now: () => new Date(Date.now() - 7_200_000) })
  testUploadStore(t, {
    store: createS3Store({ client }),
    uploadStore,
    lateUploadStore,
    bucket: await radosgw.createBucket()
  })

  t.test('reports the store as unavailable if the bucket does not exist', async (t) => {
    const target = { bucket: 'posterframe-no-such-bucket', key: 'a', contentType: 'video/mp4', metadata: {} }
    const limit = { caller: 'test', max: 100 }
    const { signal } = new AbortController()
    await t.rejects(uploadStore.startParts(target, { signal, limit, expiresInSeconds: 60 }), {
      code: 'store_unavailable',
      problem: 'no_bucket'
    })
  })
})

t.test('signed URLs and forms expire with temporary credentials', async (t) => {
  const expiration = new Date(Date.now() + 120_000)
  process.env['AWS_REGION'] = 'us-east-1'
  const client = createS3Client({
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'SECRET', sessionToken: 'TOKEN', expiration }
  })
  t.teardown(() => client.destroy())
  const uploadStore = createS3UploadStore({ client, encryption: { algorithm: 'aws:kms', kmsKeyId: 'key-1' } })
  const target = { bucket: 'videos', key: 'uploads/a.mp4', contentType: 'video/mp4', metadata: { filename: 'a' } }
  const form = await uploadStore.presignForm(target, { bytes: 5, expiresInSeconds: 3600 })
  t.ok(form.expiresAt <= expiration)
  t.match(form.fields, {
    'Content-Type': 'video/mp4',
    key: 'uploads/a.mp4',
    'x-amz-meta-filename': 'a',
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'key-1',
    'X-Amz-Security-Token': 'TOKEN'
  })
  const policy = JSON.parse(Buffer.from(form.fields['Policy'] ?? '', 'base64').toString()) as {
    expiration: string
    conditions: unknown[]
  }
  t.ok(Math.abs(Date.parse(policy.expiration) - form.expiresAt.getTime()) <= 2000, 'the policy has the same expiry')
  for (const condition of [
    ['content-length-range', 5, 5],
    { key: 'uploads/a.mp4' },
    { 'Content-Type': 'video/mp4' },
    { bucket: 'videos' }
  ]) {
    t.ok(
      policy.conditions.some((other) => JSON.stringify(other) === JSON.stringify(condition)),
      JSON.stringify(condition)
    )
  }
  const part = await uploadStore.presignPart(
    { bucket: 'videos', key: 'uploads/a.mp4', uploadId: 'u' },
    { number: 2, bytes: 7, expiresInSeconds: 3600 }
  )
  t.ok(part.expiresAt <= expiration)
  t.equal(new URL(part.url).searchParams.get('X-Amz-SignedHeaders'), 'content-length;host')
  const put = await uploadStore.presignPut(target, { bytes: 5, expiresInSeconds: 3600 })
  t.ok(put.expiresAt <= expiration)
  t.strictSame(put.headers, {
    'content-type': 'video/mp4',
    'x-amz-meta-filename': 'a',
    'x-amz-server-side-encryption': 'aws:kms',
    'x-amz-server-side-encryption-aws-kms-key-id': 'key-1'
  })
  const query = new URL(put.url).searchParams
  t.equal(query.get('X-Amz-SignedHeaders'), ['content-length', ...Object.keys(put.headers), 'host'].sort().join(';'))
  t.notOk([...query.keys()].some((name) => /checksum|meta/i.test(name)), 'R2 and B2 reject checksums')
  const expired = createS3Client({
    forcePathStyle: true,
    credentials: { accessKeyId: 'AKID', secretAccessKey: 'SECRET', expiration: new Date(Date.now() - 1000) }
  })
  t.teardown(() => expired.destroy())
  await t.rejects(createS3UploadStore({ client: expired }).presignForm(target, { bytes: 5, expiresInSeconds: 60 }), {
    code: 'store_forbidden'
  })
})
