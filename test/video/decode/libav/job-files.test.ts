import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { DecoderCrashError } from '../../../../src/video/decode/decoder-failure.ts'
import { showFiles } from '../../../../src/video/decode/libav/job-files.ts'
import { startLibavProcess } from '../../../../src/video/decode/libav/libav-process.ts'
import { NO_ISOLATION } from '../../../../src/sandbox/isolation.ts'

t.test('shows the plain files of a request, and not the socket that marks its directory', async (t) => {
  // The path of a socket must be short.
  const directory = await mkdtemp(join(tmpdir(), 'pf-'))
  t.teardown(() => rm(directory, { recursive: true }))
  const [home, request] = [join(directory, 'home'), join(directory, 'request')]
  await Promise.all([home, request].map((path) => mkdir(path)))
  await writeFile(join(request, 'table.cube'), 'a table')
  const server = createServer()
  await once(server.listen(join(request, '.alive')), 'listening')
  t.teardown(() => server.close())
  const shown = await showFiles(home, request, undefined)
  t.same(await readdir(shown.directory), ['table.cube'])
  t.equal(await readFile(join(shown.directory, 'table.cube'), 'utf8'), 'a table')
  await shown.hide()
  t.same(await readdir(home), [])
})

t.test('a worker that ends before its job, with its home, is a fault of the machine', async (t) => {
  const directory = t.testdir({ home: {}, request: {} })
  const [home, request] = [join(directory, 'home'), join(directory, 'request')]
  await writeFile(join(request, 'segment.mp4'), '')
  const isolation = { ...NO_ISOLATION, hidesFiles: true, wrapCommand: () => ['/bin/false'] as const }
  const worker = startLibavProcess({ home, isolation })
  await worker.end()
  await rm(home, { recursive: true })
  const options = {
    signal: new AbortController().signal,
    directory: request,
    limits: { cpuSeconds: 60, memoryBytes: 2 ** 30 },
    maxBytes: 1000,
    onLine: () => {}
  }
  const task = { kind: 'about', filters: [], decoders: [] } as const
  const error: unknown = await worker.run(task, options).catch((thrown: unknown) => thrown)
  t.ok(error instanceof DecoderCrashError, String(error))
  t.match(error, { isOwnCrash: false })
})
