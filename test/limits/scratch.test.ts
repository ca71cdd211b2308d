import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import t from 'tap'
import { createScratch, scratchFullError } from '../../src/limits/scratch.ts'

const TWO_HOURS_AGO = new Date(Date.now() - 2 * 60 * 60 * 1000)

/** Not a t.testdir(): its paths are too long for a socket, and the liveness of a process would be unknown. */
async function makeRoot (t: Tap): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'pf-test-'))
  t.teardown(() => rm(root, { recursive: true, force: true }))
  return root
}
type Tap = Pick<typeof t, 'teardown'>

/** Starts another process that keeps a directory open, and returns that directory. */
async function startHolder (t: Tap, root: string) {
  const module = new URL('../../src/limits/scratch.ts', import.meta.url).href
  const script = `
    const { createScratch } = await import(${JSON.stringify(module)})
    const scratch = await createScratch({ root: ${JSON.stringify(root)} })
    const { writeFile } = await import('node:fs/promises')
    setInterval(() => {}, 1000)
    await scratch.withDirectory(async (directory) => {
      await writeFile(directory + '/source', 'x')
      process.stdout.write(directory)
      await new Promise(() => {})
    })`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  const kill = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  t.teardown(kill)
  const [directory] = (await once(child.stdout, 'data')) as [Buffer]
  return { directory: directory.toString(), kill }
}

t.test('creates a directory for each task, and removes it', async (t) => {
  const root = join(await makeRoot(t), 'made', 'here')
  const scratch = await createScratch({ root })
  const names = await Promise.all(
    [1, 2, 3].map(async (number) =>
      scratch.withDirectory(async (directory) => {
        await mkdir(join(directory, 'deep', 'er'), { recursive: true })
        await writeFile(join(directory, 'deep', 'er', 'file'), 'x')
        return `${basename(directory)}${number}`
      })
    )
  )
  t.equal(new Set(names).size, 3)
  for (const name of names) t.match(name, new RegExp(`^posterframe-${process.pid}-[A-Za-z0-9]{6}[123]$`))
  t.same(await readdir(root), [])
})

t.test('removes the directory of a task that fails, and rejects with its error', async (t) => {
  const root = await makeRoot(t)
  const scratch = await createScratch({ root })
  await t.rejects(
    scratch.withDirectory(async (directory) => {
      await writeFile(join(directory, 'source'), 'x')
      throw new Error('broken')
    }),
    { message: 'broken' }
  )
  await t.rejects(
    scratch.withDirectory(() => {
      throw new Error('broken at once')
    }),
    { message: 'broken at once' }
  )
  t.equal(
    await scratch.withDirectory(async (directory) => {
      await rm(directory, { recursive: true })
      return 'gone already'
    }),
    'gone already'
  )
  t.same(await readdir(root), [])
})

t.test('a sweep removes the directory of a killed process, and none of a running one', async (t) => {
  const root = await makeRoot(t)
  const scratch = await createScratch({ root })
  const dead = await startHolder(t, root)
  const living = await startHolder(t, root)
  await scratch.withDirectory(async (own) => {
    t.equal(await scratch.sweep(), 0, 'both are alive')
    await dead.kill()
    t.equal(await scratch.sweep(), 1)
    t.same(
      [dead.directory, living.directory, own].map((directory) => existsSync(directory)),
      [false, true, true]
    )
    t.equal(existsSync(join(living.directory, 'source')), true)
  })
  t.equal(await scratch.sweep(), 0)
})

t.test('a sweep removes the directory of an earlier process with the id of a running one', async (t) => {
  const root = await makeRoot(t)
  // As in a container that was killed and started again, where the id is 1 each time.
  const stale = join(root, `posterframe-${process.pid}-abcdef`)
  const holder = await startHolder(t, root)
  await holder.kill()
  await rename(holder.directory, stale)
  t.equal(await (await createScratch({ root })).sweep(), 1)
  t.same(await readdir(root), [])
})

t.test('a process is recognized as alive by its socket, whatever its id means here', async (t) => {
  const root = await makeRoot(t)
  // As in another container that shares the directory: its id means nothing here.
  const foreign = join(root, 'posterframe-4194999-abcdef')
  await mkdir(foreign)
  const server = createServer()
  await once(server.listen(join(foreign, '.alive')), 'listening')
  await utimes(foreign, TWO_HOURS_AGO, TWO_HOURS_AGO)
  const scratch = await createScratch({ root })
  t.equal(await scratch.sweep(), 0)
  t.ok(existsSync(foreign))
  server.close()
})

t.test('the age of a directory without a socket decides', async (t) => {
  const root = await makeRoot(t)
  const [young, old, oldButWritten] = ['posterframe-1-young1', 'posterframe-1-old111', 'posterframe-1-writte'].map(
    (name) => join(root, name)
  ) as [string, string, string]
  for (const directory of [young, old, oldButWritten]) {
    await mkdir(directory)
    await writeFile(join(directory, 'source'), 'x')
  }
  await utimes(join(old, 'source'), TWO_HOURS_AGO, TWO_HOURS_AGO)
  for (const directory of [old, oldButWritten]) await utimes(directory, TWO_HOURS_AGO, TWO_HOURS_AGO)
  t.equal(await (await createScratch({ root })).sweep(), 1)
  t.same((await readdir(root)).sort(), [basename(oldButWritten), basename(young)].sort())
})

t.test('a sweep removes an unmarked directory of a killed process at once', async (t) => {
  const root = await makeRoot(t)
  await mkdir(join(root, 'posterframe-1-empty1'))
  t.equal(await (await createScratch({ root })).sweep(), 1)
  t.same(await readdir(root), [])
})

t.test('a concurrent sweep does not remove a directory in use', async (t) => {
  for (const root of [await makeRoot(t), join(await makeRoot(t), 'x'.repeat(120))]) {
    const [scratch, other] = [await createScratch({ root }), await createScratch({ root })]
    const over = new AbortController()
    const sweeping = (async () => {
      while (!over.signal.aborted) await other.sweep()
    })()
    await Promise.all(
      Array.from({ length: 200 }, () => scratch.withDirectory((directory) => writeFile(join(directory, 'source'), 'x')))
    )
    over.abort()
    await sweeping
    t.same(await readdir(root), [])
  }
})

t.test('works if the path is too long for a socket', async (t) => {
  const root = join(await makeRoot(t), 'x'.repeat(120))
  const scratch = await createScratch({ root })
  await scratch.withDirectory(async (directory) => {
    t.equal(await scratch.sweep(), 0)
    await writeFile(join(directory, 'source'), 'x')
    t.equal(await scratch.sweep(), 0)
    t.ok(existsSync(directory))
  })
  t.same(await readdir(root), [])
})

t.test('a sweep leaves everything else alone', async (t) => {
  const root = await makeRoot(t)
  const elsewhere = await makeRoot(t)
  await writeFile(join(elsewhere, 'precious'), 'x')
  const others = [
    'other',
    'posterframe',
    'posterframe-1',
    'posterframe-x-abcdef',
    'posterframe-1-abcdef-backup',
    'my-posterframe-1-abcdef'
  ]
  for (const name of others) {
    await mkdir(join(root, name))
    await utimes(join(root, name), TWO_HOURS_AGO, TWO_HOURS_AGO)
  }
  await writeFile(join(root, 'posterframe-1-afile1'), 'x')
  await symlink(elsewhere, join(root, 'posterframe-1-alink1'))
  for (const path of [join(root, 'posterframe-1-afile1'), join(elsewhere, 'precious'), elsewhere]) {
    await utimes(path, TWO_HOURS_AGO, TWO_HOURS_AGO)
  }
  t.equal(await (await createScratch({ root })).sweep(), 0)
  t.equal((await readdir(root)).length, others.length + 2)
  t.ok(existsSync(join(elsewhere, 'precious')))
})

t.test('rejects a reservation that does not fit beside the reserve', async (t) => {
  const root = await makeRoot(t)
  const scratch = await createScratch({ root })
  await scratch.reserveSpace(1)
  await t.rejects(scratch.reserveSpace(2 ** 60), { code: 'scratch_full', status: 503, retryAfterSeconds: Number })
  const reserved = await createScratch({ root, reserveBytes: 2 ** 60 })
  await t.rejects(reserved.reserveSpace(1), { code: 'scratch_full' })
})

t.test('counts reserved space that is not written yet until the directory is removed', async (t) => {
  const scratch = await createScratch({ root: await makeRoot(t), reserveBytes: 10, measureFreeBytes: async () => 110 })
  await scratch.withDirectory(async (directory) => {
    await scratch.reserveSpace(60, directory)
    await t.rejects(scratch.reserveSpace(41), { code: 'scratch_full' })
    await scratch.reserveSpace(40, directory)
    await t.rejects(scratch.reserveSpace(1), { code: 'scratch_full' })
  })
  await scratch.reserveSpace(100)
  await t.rejects(scratch.reserveSpace(101), { code: 'scratch_full' })
})

t.test('two concurrent reservations do not count on the same space', async (t) => {
  const scratch = await createScratch({ root: await makeRoot(t), reserveBytes: 0, measureFreeBytes: async () => 100 })
  await scratch.withDirectory(async (one) =>
    scratch.withDirectory(async (other) => {
      const outcomes = await Promise.allSettled([one, other].map((directory) => scratch.reserveSpace(60, directory)))
      t.match(outcomes, [{ status: 'fulfilled' }, { reason: { code: 'scratch_full' } }])
    })
  )
})

t.test('does not count reserved space twice once it is written', async (t) => {
  let free = 100
  const scratch = await createScratch({ root: await makeRoot(t), reserveBytes: 0, measureFreeBytes: async () => free })
  await scratch.withDirectory(async (directory) => {
    await scratch.reserveSpace(60, directory)
    await writeFile(join(directory, 'source'), Buffer.alloc(50))
    free -= 50
    await scratch.reserveSpace(40)
    await t.rejects(scratch.reserveSpace(41), { code: 'scratch_full' })
    await writeFile(join(directory, 'source'), Buffer.alloc(70))
    free -= 20
    await scratch.reserveSpace(30)
  })
})

t.test('does not keep the process alive', async (t) => {
  const scratch = await createScratch({ root: await makeRoot(t) })
  const count = () => process.getActiveResourcesInfo().filter((name) => name.startsWith('Pipe')).length
  const before = count()
  await scratch.withDirectory(async () => {
    t.equal(count(), before)
  })
})

t.test('checks whether scratch is writable', async (t) => {
  const root = join(await makeRoot(t), 'scratch')
  const scratch = await createScratch({ root })
  await scratch.check()
  t.same(await readdir(root), [])
  await rm(root, { recursive: true })
  await t.rejects(scratch.check(), { code: 'ENOENT' })
})

t.test('measures its own directories and the free space on the disk', async (t) => {
  const root = await makeRoot(t)
  const scratch = await createScratch({ root, measureFreeBytes: async () => 12_345 })
  await scratch.withDirectory(async (one) => {
    await scratch.withDirectory(async (other) => {
      await writeFile(join(one, 'source'), Buffer.alloc(1000))
      await writeFile(join(other, 'segment.mp4'), Buffer.alloc(20))
      t.same(await scratch.measure(), { directories: 2, usedBytes: 1020, freeBytes: 12_345 })
    })
  })
  t.same(await scratch.measure(), { directories: 0, usedBytes: 0, freeBytes: 12_345 })
})

t.test('recognizes a full disk and a full quota', async (t) => {
  for (const code of ['ENOSPC', 'EDQUOT']) {
    const cause = Object.assign(new Error('write'), { code })
    t.match(scratchFullError(cause), { code: 'scratch_full', retryable: true, retryAfterSeconds: 30, cause })
  }
  for (const error of [Object.assign(new Error('write'), { code: 'EIO' }), new Error('write'), 'write']) {
    t.equal(scratchFullError(error), undefined)
  }
})
