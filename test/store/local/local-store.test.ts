import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync
} from 'node:fs'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { createLocalStore } from '../../../src/store/local/local-store.ts'

const { signal } = new AbortController()
const putOptions = { signal, contentType: 'image/webp', cacheControl: '', metadata: { made: 'here' } }

async function openStore (t: Test) {
  const directory = t.testdir()
  const store = await createLocalStore({ directory, buckets: ['videos', 'thumbnails'], publicUrl: () => 'http://host' })
  const read = async (key: string) =>
    (await buffer((await store.get({ bucket: 'videos', key }, { signal })).body)).toString()
  const put = (key: string, text: string) => store.put({ bucket: 'videos', key }, Buffer.from(text), putOptions)
  return { directory, store, read, put }
}

t.test('finds a file that was copied into a bucket, with the type of its extension', async (t) => {
  const { directory, store, read } = await openStore(t)
  mkdirSync(join(directory, 'videos/holiday'))
  const types = {
    'a.mp4': 'video/mp4',
    'holiday/B.MOV': 'video/quicktime',
    'c.webm': 'video/webm',
    'd.mkv': 'video/x-matroska',
    'e.jpg': 'image/jpeg',
    'f.avif': 'image/avif',
    'page.html': 'application/octet-stream',
    'picture.svg': 'application/octet-stream',
    none: 'application/octet-stream'
  }
  for (const [key, contentType] of Object.entries(types)) {
    writeFileSync(join(directory, 'videos', key), key)
    t.match(await store.head({ bucket: 'videos', key }, { signal }), { contentType, metadata: {}, bytes: key.length })
    t.equal(await read(key), key)
  }
})

t.test('writes an object to the path that equals its key', async (t) => {
  const { directory, put } = await openStore(t)
  await put('dir/a b.jpg', 'picture')
  t.equal(readFileSync(join(directory, 'videos/dir/a b.jpg'), 'utf8'), 'picture')
})

t.test('creates the bucket on the first write', async (t) => {
  const { directory, store } = await openStore(t)
  rmSync(join(directory, 'thumbnails'), { recursive: true })
  await t.rejects(store.check('thumbnails', { signal }), { code: 'store_unavailable' })
  await store.put({ bucket: 'thumbnails', key: 'a/b.jpg' }, Buffer.from('x'), putOptions)
  await t.resolves(store.check('thumbnails', { signal }))
})

t.test('stores a key and the keys below it, in either order', async (t) => {
  const { read, put } = await openStore(t)
  const keys = ['a', 'a/b', 'a/b/c', 'z/y/x', 'z/y', 'z']
  for (const key of keys) await put(key, key)
  for (const key of keys) t.equal(await read(key), key)
  for (const key of keys) await put(key, `${key} again`)
  for (const key of keys) t.equal(await read(key), `${key} again`)
})

t.test('prefers the file at the plain path to an older one at the hashed path', async (t) => {
  const { directory, read, put } = await openStore(t)
  await put('a', 'in the way')
  await put('a/b', 'at the hashed path')
  rmSync(join(directory, 'videos/a'))
  t.equal(await read('a/b'), 'at the hashed path')
  await put('a/b', 'at the plain path')
  t.equal(await read('a/b'), 'at the plain path')
  rmSync(join(directory, 'videos/a'), { recursive: true })
  await t.rejects(read('a/b'), { code: 'source_not_found' })
})

t.test('ignores the metadata of a file that was replaced from outside', async (t) => {
  const { directory, store, put } = await openStore(t)
  await put('a.png', 'ours')
  const ours = await store.head({ bucket: 'videos', key: 'a.png' }, { signal })
  t.match(ours, { contentType: 'image/webp', metadata: { made: 'here' } })
  writeFileSync(join(directory, 'videos/a.png'), 'theirs')
  const theirs = await store.head({ bucket: 'videos', key: 'a.png' }, { signal })
  t.match(theirs, { contentType: 'image/png', metadata: {} })
  t.not(theirs?.etag, ours?.etag)
})

t.test('stores one sidecar per object after several writes', async (t) => {
  const { directory, put } = await openStore(t)
  for (let round = 0; round < 5; round++) await put('a.png', `round ${round}`)
  t.equal(readdirSync(join(directory, '.posterframe/metadata/videos')).length, 1)
  t.same(readdirSync(join(directory, '.posterframe/tmp')), [])
})

t.test('serves an object whose sidecar is truncated', async (t) => {
  const { directory, store, put } = await openStore(t)
  await put('a.jpg', 'picture')
  const sidecars = join(directory, '.posterframe/metadata/videos')
  truncateSync(join(sidecars, readdirSync(sidecars)[0]!), 10)
  t.match(await store.head({ bucket: 'videos', key: 'a.jpg' }, { signal }), { contentType: 'image/jpeg', metadata: {} })
})

t.test('does not follow symbolic links of files, directories or buckets, or to its own secrets', async (t) => {
  const directory = t.testdir({ outside: { 'secret.mp4': 'secret' }, store: {} })
  const store = await createLocalStore({
    directory: join(directory, 'store'),
    buckets: ['videos'],
    publicUrl: () => ''
  })
  const videos = join(directory, 'store/videos')
  symlinkSync(join(directory, 'outside/secret.mp4'), join(videos, 'file.mp4'))
  symlinkSync(join(directory, 'outside'), join(videos, 'dir'))
  symlinkSync('../.posterframe', join(videos, 'private'))
  symlinkSync(join(directory, 'outside'), join(directory, 'store/bucket'))
  for (const address of [
    { bucket: 'videos', key: 'file.mp4' },
    { bucket: 'videos', key: 'dir/secret.mp4' },
    { bucket: 'videos', key: 'private/secret' },
    { bucket: 'bucket', key: 'secret.mp4' }
  ]) {
    await t.rejects(store.head(address, { signal }), { code: 'forbidden_key' })
    await t.rejects(store.get(address, { signal }), { code: 'forbidden_key' })
    await t.rejects(store.put(address, Buffer.from('x'), putOptions), { code: 'forbidden_key' })
  }
  await t.rejects(store.put({ bucket: 'videos', key: 'dir/new/a.jpg' }, Buffer.from('x'), putOptions), {
    code: 'forbidden_key'
  })
  t.notOk(existsSync(join(directory, 'outside/new')), 'no directory is created outside')
  t.equal(readFileSync(join(directory, 'outside/secret.mp4'), 'utf8'), 'secret')
})

t.test('does not hang on a key that is not a regular file', async (t) => {
  const { directory, store } = await openStore(t)
  execFileSync('mkfifo', [join(directory, 'videos/pipe.mp4')])
  mkdirSync(join(directory, 'videos/dir.mp4'))
  for (const key of ['pipe.mp4', 'dir.mp4']) {
    t.equal(await store.head({ bucket: 'videos', key }, { signal }), undefined)
    await t.rejects(store.get({ bucket: 'videos', key }, { signal }), { code: 'source_not_found' })
  }
})

t.test('fails the body if the file is truncated during the read', async (t) => {
  const { directory, store } = await openStore(t)
  const path = join(directory, 'videos/a.mp4')
  writeFileSync(path, Buffer.alloc(4 * 1024 * 1024))
  const { body } = await store.get({ bucket: 'videos', key: 'a.mp4' }, { signal })
  const reading = (async () => {
    for await (const chunk of body) if (chunk !== undefined) truncateSync(path, 1000)
  })()
  await t.rejects(reading, { code: 'source_changed' })
})

t.test('leaves no files after an aborted put', async (t) => {
  const { directory, store, read, put } = await openStore(t)
  await put('a.jpg', 'before')
  const controller = new AbortController()
  const reason = new Error('aborted by the test')
  const putting = store.put({ bucket: 'videos', key: 'a.jpg' }, Buffer.alloc(8 * 1024 * 1024), {
    ...putOptions,
    signal: controller.signal
  })
  controller.abort(reason)
  await t.rejects(putting, reason)
  t.equal(await read('a.jpg'), 'before')
  t.same(readdirSync(join(directory, '.posterframe/tmp')), [])
})

t.test('starts with leftovers of a process that was killed during a write', async (t) => {
  const directory = t.testdir({ '.posterframe': { tmp: { leftover: 'half a pic' } } })
  const store = await createLocalStore({ directory, buckets: ['videos'], publicUrl: () => '' })
  t.equal(await store.head({ bucket: 'videos', key: 'leftover' }, { signal }), undefined)
})

t.test('looks up an object for many callers at once with few file descriptors', async (t) => {
  const { directory, put } = await openStore(t)
  await put('a.mp4', 'a')
  const code = `
    const { createLocalStore } = await import('./src/store/local/local-store.ts')
    const store = await createLocalStore({ directory: process.argv[1], publicUrl: () => '' })
    const { signal } = new AbortController()
    const heads = Array.from({ length: 1000 }, () => store.head({ bucket: 'videos', key: 'a.mp4' }, { signal }))
    console.log((await Promise.all(heads)).filter((head) => head?.bytes === 1).length)`
  const program = [process.execPath, '--input-type=module', '-e', code, directory]
  const limited = ['-c', 'ulimit -n 128 && exec "$@"', 'sh', ...program]
  t.equal(execFileSync('/bin/sh', limited, { encoding: 'utf8' }), '1000\n')
})

t.test('rejects a location that is not a directory', async (t) => {
  const directory = t.testdir({ file: '' })
  await t.rejects(createLocalStore({ directory: join(directory, 'file'), publicUrl: () => '' }), /EEXIST|ENOTDIR/)
  await t.rejects(createLocalStore({ directory, buckets: ['.posterframe'], publicUrl: () => '' }), {
    code: 'forbidden_bucket'
  })
})

t.test('serves a store whose directory is itself a symbolic link', async (t) => {
  const directory = t.testdir({ real: { videos: { 'a.mp4': 'a' } }, link: t.fixture('symlink', 'real') })
  const store = await createLocalStore({ directory: join(directory, 'link'), publicUrl: () => '' })
  t.match(await store.head({ bucket: 'videos', key: 'a.mp4' }, { signal }), { bytes: 1 })
})

t.test('reports the store as unavailable if its directory is removed', async (t) => {
  const { directory, put } = await openStore(t)
  rmSync(join(directory, '.posterframe/tmp'), { recursive: true })
  await t.rejects(put('a.jpg', 'x'), { code: 'store_unavailable' })
})

t.test('says whether the object or its bucket is missing', async (t) => {
  const { store } = await openStore(t)
  for (const [bucket, problem] of [['videos', 'no_object'], ['gone', 'no_bucket']] as const) {
    await t.rejects(store.get({ bucket, key: 'a.mp4' }, { signal }), { code: 'source_not_found', problem })
  }
})
