import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { createListFiles } from '../../../src/cli/backfill/list-files.ts'
import { listBucket } from '../../../src/cli/backfill/choose-list.ts'
import { readInventory } from '../../../src/cli/backfill/read-inventory.ts'
import { readManifest } from '../../../src/cli/backfill/read-manifest.ts'
import type { SourceList } from '../../../src/cli/backfill/source-list.ts'
import { MemoryStore } from '../../support/memory-store.ts'

const signal = new AbortController().signal
const WILD = 'a+b %2B, "ü"\n.mp4'
const encodeForm = (key: string) => new URLSearchParams([['', key]]).toString().slice(1)

async function collect (list: SourceList) {
  const sources = []
  for await (const source of list.open(signal)) sources.push(source)
  return sources
}

t.test('a manifest of S3 Batch Operations has its keys URL-encoded', async (t) => {
  const directory = t.testdir({
    plain: `videos,a.mp4\r\n"videos","films/b.mp4",version-1\n\nvideos,${encodeForm(WILD)}\nvideos,%7Eslash%2Fc.mp4\n`
  })
  const list = readManifest(createListFiles(new MemoryStore(), directory), join(directory, 'plain'))
  const expected = ['a.mp4', 'films/b.mp4', WILD, '~slash/c.mp4'].map((key) => ({ bucket: 'videos', key }))
  t.same(await collect(list), expected)
  t.same(await collect(list), expected, 'and can be read again')
  await writeFile(join(directory, 'packed'), gzipSync('videos,a.mp4\n'))
  t.same(await collect(readManifest(createListFiles(new MemoryStore(), directory), join(directory, 'packed'))), [
    { bucket: 'videos', key: 'a.mp4' }
  ])
})

t.test('a manifest of URLs has its keys as they are', async (t) => {
  const directory = t.testdir({ urls: '\uFEFFs3://videos/a+b %2B, ü.mp4\n\ns3://others/b/c.mp4\r\n' })
  t.same(await collect(readManifest(createListFiles(new MemoryStore(), directory), join(directory, 'urls'))), [
    { bucket: 'videos', key: 'a+b %2B, ü.mp4' },
    { bucket: 'others', key: 'b/c.mp4' }
  ])
})

t.test('a manifest that is none is refused, with the line', async (t) => {
  const directory = t.testdir({
    one: 'videos,a.mp4\nvideos\n',
    two: 'videos,%zz\n',
    three: 's3://videos/a\nvideos,b\n',
    four: 'videos,"a\n'
  })
  for (const [name, message] of Object.entries({
    one: /line 2, is not written as bucket,key/,
    two: /line 1, has a key that is not URL-encoded/,
    three: /line 2: videos,b is not written/,
    four: /is no CSV file/,
    none: /There is no file/
  })) {
    await t.rejects(
      collect(readManifest(createListFiles(new MemoryStore(), directory), join(directory, name))),
      { code: 'invalid_request', message },
      name
    )
  }
})

t.test('an inventory is read beside its manifest, of each object the latest version', async (t) => {
  const directory = t.testdir()
  const manifest = {
    sourceBucket: 'videos',
    destinationBucket: 'arn:aws:s3:::inventories',
    version: '2016-11-30',
    fileFormat: 'CSV',
    fileSchema: 'Bucket, Key, VersionId, IsLatest, IsDeleteMarker, Size, ETag',
    files: [{ key: 'p/videos/all/data/one.csv.gz', size: 1, MD5checksum: 'x' }, { key: 'p/videos/all/data/two.csv.gz' }]
  }
  await mkdir(join(directory, '2026-11-23T01-00Z'))
  await mkdir(join(directory, 'data'))
  const place = join(directory, '2026-11-23T01-00Z/manifest.json')
  await writeFile(place, JSON.stringify(manifest))
  await writeFile(
    join(directory, 'data/one.csv.gz'),
    gzipSync(
      `"videos","${encodeForm(WILD)}","v2","true","false","17","e1"\n"videos","a.mp4","v1","false","false","16","e0"\n`
    )
  )
  await writeFile(
    join(directory, 'data/two.csv.gz'),
    gzipSync('"videos","gone.mp4","v2","true","true","",""\n"videos","films%2Fb.mp4","v1","true","false","0","e2"\n')
  )
  const expected = [
    { bucket: 'videos', key: WILD, etag: 'e1', bytes: 17 },
    { bucket: 'videos', key: 'films/b.mp4', etag: 'e2', bytes: 0 }
  ]
  const files = createListFiles(new MemoryStore(), directory)
  t.same(await collect(readInventory(files, place)), expected)

  const store = new MemoryStore()
  const put = async (key: string, bytes: Buffer) => {
    await store.put({ bucket: 'inventories', key }, bytes, { contentType: '', metadata: {} })
  }
  await put('p/manifest.json', Buffer.from(JSON.stringify(manifest)))
  await put('p/videos/all/data/one.csv.gz', gzipSync('"videos","a.mp4","","true","false","1","e"\n'))
  await put('p/videos/all/data/two.csv.gz', gzipSync(''))
  const remote = readInventory(createListFiles(store, t.testdir({ fetched: {} })), 's3://inventories/p/manifest.json')
  for (let time = 0; time < 2; time++) {
    t.same(await collect(remote), [{ bucket: 'videos', key: 'a.mp4', etag: 'e', bytes: 1 }])
  }
  t.equal(store.calls.filter((call) => call.startsWith('get')).length, 3, 'each is fetched once')
})

t.test('an inventory that cannot be read is refused', async (t) => {
  const base = { destinationBucket: 'b', fileFormat: 'CSV', fileSchema: 'Bucket, Key', files: [{ key: 'a.csv' }] }
  const cases: Array<[content: string, message: RegExp]> = [
    ['no json', /is no JSON/],
    ['{}', /is not the manifest\.json of an S3 Inventory/],
    [JSON.stringify({ ...base, fileFormat: 'Parquet' }), /in Parquet; only CSV/],
    [JSON.stringify({ ...base, fileSchema: 'Key, Size' }), /without Bucket and Key/]
  ]
  for (const [content, message] of cases) {
    const directory = t.testdir({ 'manifest.json': content })
    await t.rejects(
      collect(readInventory(createListFiles(new MemoryStore(), directory), join(directory, 'manifest.json'))),
      { code: 'invalid_request', message }
    )
  }
})

t.test('a bucket is listed below a prefix', async (t) => {
  const store = new MemoryStore()
  for (const key of ['films/a.mp4', 'b.mp4']) {
    await store.put({ bucket: 'videos', key }, Buffer.from(key), { contentType: '', metadata: {} })
  }
  t.match(await collect(listBucket(store, { bucket: 'videos', prefix: 'films/' })), [
    { bucket: 'videos', key: 'films/a.mp4', bytes: 11, etag: /^\w+$/ }
  ])
})
