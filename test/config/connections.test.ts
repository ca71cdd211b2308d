import t from 'tap'
import { openFilesProblem, readConnections } from '../../src/config/connections.ts'
import { createEnvironmentReader } from '../../src/config/environment.ts'
import { ConfigError, loadConfig } from '../../src/config/config.ts'

const CONTEXT = { lambda: false, openFiles: 1024, slots: 2, queue: 16, timeoutMs: 25_000, hasTrustedProxy: false }

function read (env: Record<string, string>, context: Partial<Parameters<typeof readConnections>[1]> = {}) {
  const reader = createEnvironmentReader(env)
  return { ...readConnections(reader, { ...CONTEXT, ...context }), problems: reader.problems }
}

t.test('reserves descriptors for files, pipes and the store', async (t) => {
  t.equal(read({}).maxConnections, 1024 - 192)
  t.equal(read({}, { slots: 64 }).maxConnections, 512, 'at most half is reserved')
  t.equal(read({}, { openFiles: 256 }).maxConnections, 128)
  t.equal(read({}, { openFiles: 1_048_576 }).maxConnections, 10_000)
  t.equal(read({}, { openFiles: undefined }).maxConnections, 10_000)
  t.equal(read({ POSTERFRAME_MAX_CONNECTIONS: '832' }).maxConnections, 832)
  t.match(read({ POSTERFRAME_MAX_CONNECTIONS: '833' }).problems, [/^POSTERFRAME_MAX_CONNECTIONS must be at most 832: /])
})

t.test('limits the connections of one address only if told to, and not beside a proxy', async (t) => {
  const env = { POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS: '50' }
  t.equal(read({}).maxConnectionsPerAddress, undefined)
  t.match(read(env), { maxConnectionsPerAddress: 50, problems: [] })
  t.match(read(env, { hasTrustedProxy: true }).problems, [/^POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS must not .*PROXY/])
  t.throws(
    () =>
      loadConfig(
        { ...env, POSTERFRAME_TRUST_PROXY: 'loopback' },
        { cpus: 1, tmpdir: '/scratch', lambda: false, openFiles: 1024 }
      ),
    { message: /POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS must not be set beside POSTERFRAME_TRUST_PROXY/ }
  )
})

t.test('has no connections on Lambda', async (t) => {
  t.equal(read({}, { lambda: true }).maxConnections, undefined)
  const env = { POSTERFRAME_MAX_CONNECTIONS: '5', POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS: '5' }
  t.match(read(env, { lambda: true }).problems, [/^POSTERFRAME_MAX_CONNECTIONS must not/, /PER_ADDRESS must not/])
})

t.test('leaves room for requests besides those that uploads, slots and the queue hold', async (t) => {
  t.equal(read({}).maxRequests, 64 + 16 + 4 + 1000)
  t.equal(read({ POSTERFRAME_MAX_UPLOADS: '2000' }, { queue: 500 }).maxRequests, 2000 + 500 + 4 + 1000)
  t.match(read({ POSTERFRAME_MAX_REQUESTS: '84' }), { maxRequests: 84, problems: [] })
  t.match(read({ POSTERFRAME_MAX_REQUESTS: '83' }).problems, [/^POSTERFRAME_MAX_REQUESTS must be at least 84: /])
  t.equal(read({}, { lambda: true }).maxRequests, undefined)
  t.match(read({ POSTERFRAME_MAX_REQUESTS: '99' }, { lambda: true }).problems, [/^POSTERFRAME_MAX_REQUESTS must not/])
})

t.test('derives the limits of uploads and of the shutdown', async (t) => {
  t.match(read({}), { maxUploads: 64, maxUploadsPerCaller: 32, drainMs: 25_000 })
  const env = {
    POSTERFRAME_MAX_UPLOADS: '5',
    POSTERFRAME_MAX_UPLOADS_PER_CALLER: '2',
    POSTERFRAME_DRAIN_TIMEOUT_MS: '0'
  }
  t.match(read(env), { maxUploads: 5, maxUploadsPerCaller: 2, drainMs: 0, problems: [] })
  t.equal(read({ POSTERFRAME_MAX_UPLOADS: '5' }).maxUploadsPerCaller, 3)
})

t.test('says what to do about a limit of open files that is too low', async (t) => {
  const platform = { cpus: 1, tmpdir: '/scratch', lambda: false }
  t.throws(() => loadConfig({}, { ...platform, openFiles: 255 }), ConfigError)
  t.match(openFilesProblem(255), /^the limit of open files is 255, and must be at least 256: .*ulimit -n 4096/)
  for (const openFiles of [256, undefined]) {
    t.equal(openFilesProblem(openFiles), undefined)
    t.ok(loadConfig({}, { ...platform, openFiles }))
  }
})
