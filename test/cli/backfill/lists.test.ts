import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import t from 'tap'
import { createListFetcher } from '../../../src/cli/backfill/list-fetcher.ts'
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

t.test('decodes the keys of an S3 Batch Operations manifest', async (t) => {
  const directory = t.testdir({
    plain: `videos,a.mp4\r\n"videos","films/b.mp4",version-1\n\nvideos,${encodeForm(WILD)}\nvideos,%7Eslash%2Fc.mp4\n`
  })
  const list = readManifest(createListFetcher(new MemoryStore(), directory), join(directory, 'plain'))
  const expected = ['a.mp4', 'films/b.mp4', WILD, '~slash/c.mp4'].map((key) => ({ bucket: 'videos', key }))
  t.same(await collect(list), expected)
  t.same(await collect(list), expected, 'the list can be read again')
  await writeFile(join(directory, 'packed'), gzipSync('videos,a.mp4\n'))
  t.same(await collect(readManifest(createListFetcher(new MemoryStore(), directory), join(directory, 'packed'))), [
    { bucket: 'videos', key: 'a.mp4' }
  ])
})

t.test('does not decode the keys in a manifest of URLs', async (t) => {
  const directory = t.testdir({ urls: '\uFEFFs3://videos/a+b %2B, ü.mp4\n\ns3://others/b/c.mp4\r\n' })
  t.same(await collect(readManifest(createListFetcher(new MemoryStore(), directory), join(directory, 'urls'))), [
    { bucket: 'videos', key: 'a+b %2B, ü.mp4' },
    { bucket: 'others', key: 'b/c.mp4' }
  ])
})

t.test('rejects a malformed manifest and names the line', async (t) => {
  const directory = t.testdir({
    one: 'videos,a.mp4\nvideos\n',
    two: 'videos,%zz\n',
    three: 's3://videos/a\nvideos,b\n',
    four: 'videos,"a\n'
  })
  for (const [name, message] of Object.entries({
    one: /line 2: the bucket or the key is missing/,
    two: /line 1: the key '%zz' is not URL-encoded/,
    three: /line 2: 'videos,b' is not the URL of an object/,
    four: /is not a CSV file/,
    none: /There is no file/
  })) {
    await t.rejects(
      collect(readManifest(createListFetcher(new MemoryStore(), directory), join(directory, name))),
      { code: 'invalid_request', message },
      name
    )
  }
})

t.test('reads the latest versions from the files of an inventory, local or in the store', async (t) => {
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
  const path = join(directory, '2026-11-23T01-00Z/manifest.json')
  await writeFile(path, JSON.stringify(manifest))
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
  const fetcher = createListFetcher(new MemoryStore(), directory)
  t.same(await collect(readInventory(fetcher, path)), expected)

  const store = new MemoryStore()
  const put = async (key: string, bytes: Buffer) => {
    await store.put({ bucket: 'inventories', key }, bytes, { contentType: '', metadata: {} })
  }
  await put('p/manifest.json', Buffer.from(JSON.stringify(manifest)))
  await put('p/videos/all/data/one.csv.gz', gzipSync('"videos","a.mp4","","true","false","1","e"\n'))
  await put('p/videos/all/data/two.csv.gz', gzipSync(''))
  const remote = readInventory(createListFetcher(store, t.testdir({ fetched: {} })), 's3://inventories/p/manifest.json')
  for (let run = 0; run < 2; run++) {
    t.same(await collect(remote), [{ bucket: 'videos', key: 'a.mp4', etag: 'e', bytes: 1 }])
  }
  t.equal(store.calls.filter((call) => call.startsWith('get')).length, 3, 'each file is downloaded once')
})

t.test('rejects an unsupported inventory', async (t) => {
  const base = { destinationBucket: 'b', fileFormat: 'CSV', fileSchema: 'Bucket, Key', files: [{ key: 'a.csv' }] }
  const cases: Array<[content: string, message: RegExp]> = [
    ['no json', /is not JSON/],
    ['{}', /is not the manifest\.json of an S3 Inventory/],
    [JSON.stringify({ ...base, fileFormat: 'Parquet' }), /format 'Parquet'\. Only CSV/],
    [
      JSON.stringify({ ...base, fileSchema: 'Key, Size' }),
      /columns 'Key, Size'\. The columns Bucket and Key are required/
    ]
  ]
  for (const [content, message] of cases) {
    const directory = t.testdir({ 'manifest.json': content })
    await t.rejects(
      collect(readInventory(createListFetcher(new MemoryStore(), directory), join(directory, 'manifest.json'))),
      { code: 'invalid_request', message }
    )
  }
})

t.test('lists the objects of a bucket under a prefix', async (t) => {
  const store = new MemoryStore()
  for (const key of ['films/a.mp4', 'b.mp4']) {
    await store.put({ bucket: 'videos', key }, Buffer.from(key), { contentType: '', metadata: {} })
  }
  t.match(await collect(listBucket(store, { bucket: 'videos', prefix: 'films/' })), [
    { bucket: 'videos', key: 'films/a.mp4', bytes: 11, etag: /^\w+$/ }
  ])
})
