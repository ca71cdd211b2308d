import { readdirSync, readFileSync } from 'node:fs'
import { DeleteObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3'
import t, { type Test } from 'tap'
import { buildPolicy, type PolicyScope } from '../../deploy/policy.ts'
import { createS3Client } from '../../src/store/s3/s3-client.ts'
import { createS3Store } from '../../src/store/s3/s3-store.ts'
import { createS3UploadStore } from '../../src/store/s3/s3-upload-store.ts'
import { testObjectStore } from '../support/object-store-contract.ts'
import { radosgwMissing, startRadosgw } from '../support/radosgw.ts'
import { testUploadStore } from '../support/upload-store-contract.ts'

const lateClock = () => new Date(Date.now() - 7_200_000)
const { signal } = new AbortController()
const picture = { signal, contentType: 'image/jpeg', cacheControl: '', metadata: {} }
const arn = (bucket: string) => `arn:aws:s3:::${bucket}`

/** Returns a scope with everything in one bucket, and with `changes`. */
const buildScope = (bucket: string, changes: Partial<PolicyScope> = {}): PolicyScope => ({
  sourceBucketArns: [arn(bucket)],
  sourcePrefixes: undefined,
  outputBucketArn: arn(bucket),
  outputPrefix: 'thumbnails/',
  uploads: { bucketArn: arn(bucket), prefixes: ['uploads/'] },
  deletesThumbnails: false,
  kms: { sourceKeyArns: [], outputKeyArn: undefined, uploadKeyArn: undefined },
  region: undefined,
  ...changes
})

t.test('on radosgw, as a user with the permissions of the policy', { skip: radosgwMissing }, async (t) => {
  const radosgw = await startRadosgw()
  Object.assign(process.env, radosgw.env)
  const openClient = (t: Test, credentials = radosgw.limitedCredentials) => {
    const client = createS3Client({ forcePathStyle: true, credentials })
    t.teardown(() => client.destroy())
    return client
  }

  t.test('the store passes the contract of object stores', async (t) => {
    const bucket = await radosgw.createBucket()
    await radosgw.allow(buildPolicy('events', buildScope(bucket, { outputPrefix: '', deletesThumbnails: true })))
    const client = openClient(t)
    testObjectStore(t, {
      store: createS3Store({ client }),
      lateStore: createS3Store({ client, now: lateClock }),
      bucket
    })
  })

  t.test('the upload store passes the contract of upload stores', async (t) => {
    const bucket = await radosgw.createBucket()
    await radosgw.allowOnBucket(
      bucket,
      buildPolicy(
        'api',
        buildScope(bucket, { uploads: { bucketArn: arn(bucket), prefixes: ['form/', 'put/', 'parts/', 'pending/'] } })
      )
    )
    const client = openClient(t)
    const uploadStore = createS3UploadStore({ client })
    testUploadStore(t, {
      store: createS3Store({ client }),
      uploadStore,
      lateUploadStore: createS3UploadStore({ client, now: lateClock }),
      bucket
    })

    t.test('S3 rejects a signed form for another prefix', async (t) => {
      const { url, fields } = await uploadStore.presignForm(
        { bucket, key: 'videos/a.mp4', contentType: 'video/mp4', metadata: {} },
        { bytes: 1, expiresInSeconds: 60 }
      )
      const form = new FormData()
      for (const [name, value] of Object.entries({ ...fields, file: 'a' })) form.append(name, value)
      t.equal((await fetch(url, { method: 'POST', body: form })).status, 403)
    })
  })

  t.test('each function has the permissions that it needs, and no others', async (t) => {
    const [sources, output, other] = [
      await radosgw.createBucket(),
      await radosgw.createBucket(),
      await radosgw.createBucket()
    ]
    const owner = createS3Store({ client: openClient(t, radosgw.credentials) })
    for (const [bucket, key] of [
      [sources, 'videos/a.mp4'],
      [sources, 'private/b.mp4'],
      [output, 'thumbnails/a.jpg'],
      [output, 'jobs/report.json'],
      [other, 'videos/a.mp4']
    ] as const) {
      await owner.put({ bucket, key }, Buffer.from(key), picture)
    }
    const scope = buildScope(sources, {
      sourcePrefixes: ['videos/'],
      outputBucketArn: arn(output),
      uploads: { bucketArn: arn(sources), prefixes: ['videos/uploads/'] }
    })
    const client = openClient(t)
    const store = createS3Store({ client })
    const uploads = createS3UploadStore({ client })
    const forbidden = { code: 'store_forbidden' }

    await t.rejects(
      store.head({ bucket: sources, key: 'videos/a.mp4' }, { signal }),
      forbidden,
      'no access without a policy'
    )
    await radosgw.allow(buildPolicy('api', scope))

    t.match(await store.head({ bucket: sources, key: 'videos/a.mp4' }, { signal }), { bytes: 12 })
    t.equal(
      await store.head({ bucket: sources, key: 'videos/none.mp4' }, { signal }),
      undefined,
      'a missing object is not forbidden'
    )
    t.equal(await store.head({ bucket: output, key: 'thumbnails/none.jpg' }, { signal }), undefined)
    await t.resolves(store.check(sources, { signal }), 'the readiness check reaches the bucket')
    await t.resolves(store.put({ bucket: output, key: 'thumbnails/b.jpg' }, Buffer.from('b'), picture))
    t.equal(
      (
        await fetch(
          (await store.presignGet({ bucket: output, key: 'thumbnails/b.jpg' }, { expiresInSeconds: 300 })).url
        )
      ).status,
      200
    )

    t.comment('other prefixes and buckets')
    await t.rejects(store.get({ bucket: sources, key: 'private/b.mp4' }, { signal }), forbidden)
    await t.rejects(store.get({ bucket: output, key: 'jobs/report.json' }, { signal }), forbidden)
    await t.rejects(store.get({ bucket: other, key: 'videos/a.mp4' }, { signal }), forbidden)
    await t.rejects(store.check(other, { signal }), forbidden)
    t.equal(
      (await fetch((await store.presignGet({ bucket: sources, key: 'private/b.mp4' }, { expiresInSeconds: 300 })).url))
        .status,
      403,
      'even with a presigned URL'
    )

    t.comment('writing')
    await t.rejects(
      store.put({ bucket: sources, key: 'videos/a.mp4' }, Buffer.from('x'), picture),
      forbidden,
      'a source'
    )
    await t.rejects(
      store.put({ bucket: output, key: 'jobs/x' }, Buffer.from('x'), picture),
      forbidden,
      'another prefix of the output bucket'
    )
    const target = { bucket: sources, key: 'videos/uploads/1/c.mp4', contentType: 'video/mp4', metadata: {} }
    const limit = { caller: 'test', max: 10 }
    await t.resolves(uploads.startParts(target, { signal, limit, expiresInSeconds: 60 }))
    await t.rejects(
      uploads.startParts({ ...target, key: 'videos/c.mp4' }, { signal, limit, expiresInSeconds: 60 }),
      forbidden,
      'an upload to another prefix'
    )

    t.comment('listing and deleting')
    const list = (bucket: string, prefix: string) =>
      client.send(new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix }))
    t.match(await list(output, 'thumbnails/a'), { KeyCount: 1 })
    await t.rejects(list(sources, 'private/'), { name: 'AccessDenied' })
    await t.rejects(list(output, 'jobs/'), { name: 'AccessDenied' })
    const drop = (bucket: string, key: string) => client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }))
    for (const [bucket, key] of [
      [sources, 'videos/a.mp4'],
      [output, 'thumbnails/a.jpg'],
      [sources, 'videos/uploads/1/c.mp4']
    ] as const) {
      await t.rejects(drop(bucket, key), { name: 'AccessDenied' }, `deleting ${key}`)
    }
    await radosgw.allow(buildPolicy('events', { ...scope, deletesThumbnails: true }))
    await t.resolves(drop(output, 'thumbnails/a.jpg'), 'events may delete if configured')
    await t.rejects(drop(output, 'jobs/report.json'), { name: 'AccessDenied' })
    await t.rejects(drop(sources, 'videos/a.mp4'), { name: 'AccessDenied' })
  })

  t.test('a plain condition on the prefix would make a missing object forbidden', async (t) => {
    const bucket = await radosgw.createBucket()
    const statements = buildPolicy('api', buildScope(bucket, { sourcePrefixes: ['videos/'] }))
    await radosgw.allow(
      JSON.parse(JSON.stringify(statements).replaceAll('StringLikeIfExists', 'StringLike')) as object[]
    )
    await t.rejects(createS3Store({ client: openClient(t) }).head({ bucket, key: 'videos/none.mp4' }, { signal }), {
      code: 'store_forbidden'
    })
  })
})

t.test('each function has only its own permissions', async (t) => {
  const actions = (role: 'api' | 'events' | 'batch', changes: Partial<PolicyScope> = {}) =>
    [...new Set(buildPolicy(role, buildScope('b', changes)).flatMap(({ Action }) => Action))].sort()
  const all = ['s3:GetObject', 's3:ListBucket', 's3:PutObject']
  t.same(actions('api'), [...all, 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'].sort())
  t.same(actions('api', { uploads: undefined, deletesThumbnails: true }), all)
  t.same(actions('events'), [...all, 's3:GetObjectVersion'].sort())
  t.same(actions('events', { deletesThumbnails: true }), [...all, 's3:GetObjectVersion', 's3:DeleteObject'].sort())
  t.same(actions('batch', { deletesThumbnails: true }), [...all, 's3:GetObjectVersion'].sort())
})

t.test('the documentation lists the permissions of a container without uploads', async (t) => {
  const listPermissions = (
    statements: ReadonlyArray<{ Action: string | readonly string[], Resource: string | readonly string[] }>
  ) =>
    statements
      .flatMap(({ Action, Resource }) =>
        [Action].flat().flatMap((action) => [Resource].flat().map((resource) => `${action} ${resource}`))
      )
      .sort()
  const pages = ['README.md', ...readdirSync('docs').map((name) => `docs/${name}`)].filter((path) => /\.md$/.test(path))
  const text =
    pages
      .flatMap((path) => [...readFileSync(path, 'utf8').matchAll(/```json\n(\{\n {2}"Version"[\s\S]*?)```/g)])
      .map(([, block = '']) => block)
      .find((block) => block.includes('my-thumbnails')) ?? ''
  const needed = buildPolicy(
    'api',
    buildScope('my-videos', { outputBucketArn: arn('my-thumbnails'), uploads: undefined })
  )
  t.same(
    listPermissions((JSON.parse(text) as { Statement: Array<{ Action: string, Resource: string }> }).Statement),
    listPermissions(needed)
  )
})

t.test('KMS keys can only be used for the objects that are read and written, through S3', async (t) => {
  const kms = { sourceKeyArns: ['arn:source'], outputKeyArn: 'arn:output', uploadKeyArn: 'arn:upload' }
  const keys = (role: 'api' | 'events') =>
    buildPolicy(role, buildScope('b', { kms, region: 'eu-central-1' })).filter(({ Action }) =>
      Action.some((action) => action.startsWith('kms:'))
    )
  const condition = { StringEquals: { 'kms:ViaService': 's3.eu-central-1.amazonaws.com' } }
  t.match(keys('events'), [
    { Action: ['kms:Decrypt'], Resource: ['arn:source', 'arn:output'], Condition: condition },
    { Action: ['kms:GenerateDataKey'], Resource: ['arn:output'], Condition: condition }
  ])
  t.match(keys('api'), [
    { Resource: ['arn:source', 'arn:output', 'arn:upload'] },
    { Resource: ['arn:output', 'arn:upload'] }
  ])
})
