import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import t, { type Test } from 'tap'
import { PosterframeProblem } from '../../src/client/send-request.ts'
import { sendFile } from '../../src/client/send-file.js'

const PART_BYTES = 10
const bytes = Buffer.from(Array.from({ length: 47 }, (_, index) => index))
const file = new Blob([bytes])
const FAST = { filename: 'a.mp4', retryDelayMs: 1 }

interface Store {
  /** Response of the service by method and path. */
  readonly sendRequest: (method: string, path: string, body?: object) => Promise<unknown>
  readonly asked: string[]
  readonly parts: Map<number, Buffer>
  /** Requests to the store, in order. */
  readonly puts: number[]
  readonly forms: Buffer[]
  /** Whole files that came by PUT, with their types. */
  readonly files: Array<{ readonly type: string | undefined, readonly name: unknown, readonly body: Buffer }>
}

/**
 * A store that accepts parts and forms. `misbehave` returns the status of a request that fails; 0 resets the
 * connection.
 */
async function startStore (
  t: Test,
  misbehave: (part: number, attempt: number) => number | undefined = () => undefined
): Promise<Store> {
  const parts = new Map<number, Buffer>()
  const puts: number[] = []
  const forms: Buffer[] = []
  const files: Store['files'] = []
  const asked: string[] = []
  const take = async (request: IncomingMessage) => {
    const part = Number(request.url?.slice(1))
    puts.push(part)
    const wrong = misbehave(part, puts.filter((other) => other === part).length)
    const body = await buffer(request)
    if (wrong === 0) {
      request.socket.destroy()
      throw new Error('reset')
    }
    const { 'content-type': type, 'x-amz-meta-filename': name } = request.headers
    if (wrong === undefined && request.method === 'POST') forms.push(body)
    else if (wrong === undefined && part === 0) files.push({ type, name, body })
    else if (wrong === undefined) parts.set(part, body)
    return wrong ?? 200
  }
  const server = createServer((request, response) => {
    void take(request).then(
      (status) => response.writeHead(status).end(),
      () => {}
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  t.teardown(() => {
    server.close().closeAllConnections()
  })
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const upload = { bucket: 'videos', key: 'uploads/1/a.mp4', partBytes: PART_BYTES, partCount: 5 }
  const sendRequest: Store['sendRequest'] = async (method, path, body) => {
    asked.push(`${method} ${path}`)
    if (path === 'v1/uploads') {
      if ((body as { method?: string }).method === 'put') {
        const headers = { 'content-type': 'video/mp4', 'x-amz-meta-filename': 'a.mp4' }
        return { ...upload, method: 'put', url: `${base}/0`, headers }
      }
      return (body as { contentType: string }).contentType === 'video/form'
        ? { ...upload, url: `${base}/0`, fields: { policy: 'p', signature: 's' } }
        : { ...upload, token: 't.1' }
    }
    if (method === 'GET') {
      return { ...upload, parts: [...parts].map(([number, { length }]) => ({ number, bytes: length })) }
    }
    return {
      parts: ((body as { numbers?: number[] } | undefined)?.numbers ?? []).map((number) => ({
        number,
        url: `${base}/${number}`
      }))
    }
  }
  return { sendRequest, asked, parts, puts, forms, files }
}

const join = ({ parts }: Store) =>
  Buffer.concat([...parts].sort(([one], [other]) => one - other).map(([, part]) => part))

t.test('uploads all parts despite failures, and retries only the failed ones', async (t) => {
  const store = await startStore(t, (part, attempt) =>
    part === 2 && attempt === 1 ? 503 : part === 4 && attempt <= 2 ? 0 : undefined
  )
  const progress: number[] = []
  t.same(
    await sendFile(file, {
      ...FAST,
      sendRequest: store.sendRequest,
      onProgress: (sent) => {
        progress.push(sent)
      }
    }),
    { bucket: 'videos', key: 'uploads/1/a.mp4' }
  )
  t.strictSame(join(store), bytes)
  t.same(store.puts.toSorted(), [1, 2, 2, 3, 4, 4, 4, 5])
  t.equal(progress[0], 0)
  t.equal(progress.at(-1), bytes.length)
  t.equal(store.asked.at(-1), 'POST v1/uploads/t.1/complete')
})

t.test('resumes an interrupted upload', async (t) => {
  let isDown = true
  const store = await startStore(t, (part) => (isDown && part === 3 ? 403 : undefined))
  let token: string | undefined
  await t.rejects(
    sendFile(file, {
      ...FAST,
      sendRequest: store.sendRequest,
      parallel: 1,
      onToken: (given) => {
        token = given
      }
    }),
    { name: 'SendError', status: 403 }
  )
  t.equal(token, 't.1')
  t.notOk(store.asked.some((line) => line.endsWith('/complete')))
  t.same(store.puts, [1, 2, 3], 'a refusal is not tried again')
  isDown = false
  await sendFile(file, { ...FAST, sendRequest: store.sendRequest, token: 't.1' })
  t.strictSame(join(store), bytes)
  t.same(store.puts.slice(3).toSorted(), [3, 4, 5], 'what was there is not sent again')
})

t.test('gives up after the last attempt, and stops the other parts', async (t) => {
  const store = await startStore(t, () => 500)
  await t.rejects(sendFile(file, { ...FAST, sendRequest: store.sendRequest, parallel: 1, attempts: 3 }), {
    name: 'SendError',
    status: 500
  })
  t.same(store.puts, [1, 1, 1])
})

t.test('uploads a small file as a form, with the file after the fields', async (t) => {
  const store = await startStore(t, (_part, attempt) => (attempt === 1 ? 500 : undefined))
  const progress: number[] = []
  await sendFile(new Blob([bytes], { type: 'video/form' }), {
    ...FAST,
    sendRequest: store.sendRequest,
    onProgress: (sent) => {
      progress.push(sent)
    }
  })
  t.match(
    store.forms.map((form) => form.toString('latin1')),
    [/name="policy"\r\n\r\np\r\n[^]*name="signature"\r\n\r\ns\r\n[^]*name="file"; filename="a.mp4"/]
  )
  t.ok(store.forms[0]?.includes(bytes))
  t.equal(progress.at(-1), bytes.length)
})

t.test('uploads a small file by PUT, with the headers of the upload', async (t) => {
  const store = await startStore(t, (_part, attempt) => (attempt === 1 ? 500 : undefined))
  const progress: number[] = []
  await sendFile(new Blob([bytes], { type: 'text/plain' }), {
    ...FAST,
    method: 'put',
    sendRequest: store.sendRequest,
    onProgress: (sent) => {
      progress.push(sent)
    }
  })
  t.strictSame(store.files, [{ type: 'video/mp4', name: 'a.mp4', body: bytes }])
  t.same(store.puts, [0, 0])
  t.equal(progress.at(-1), bytes.length)
})

t.test('retries when the service is busy, but not when it rejects the request', async (t) => {
  const store = await startStore(t)
  let refusals = 0
  const problem = (code: 'overloaded' | 'forbidden_key', retryable: boolean) =>
    new PosterframeProblem({
      type: 'about:blank',
      title: 'T',
      status: 503,
      detail: 'D.',
      code,
      requestId: 'r',
      retryable
    })
  const sendRequest: Store['sendRequest'] = async (method, path, body) => {
    if (path.endsWith('/parts') && refusals++ < 2) throw problem('overloaded', true)
    return await store.sendRequest(method, path, body)
  }
  await sendFile(file, { ...FAST, sendRequest })
  t.strictSame(join(store), bytes)
  await t.rejects(
    sendFile(file, {
      ...FAST,
      sendRequest: async () => {
        throw problem('forbidden_key', false)
      }
    }),
    { name: 'PosterframeProblem', message: 'T: D.' }
  )
})

t.test('stops as soon as the signal aborts', async (t) => {
  const abort = new AbortController()
  const store = await startStore(t, () => {
    abort.abort(new Error('enough'))
    return 500
  })
  await t.rejects(
    sendFile(file, {
      ...FAST,
      sendRequest: store.sendRequest,
      parallel: 1,
      retryDelayMs: 1_000_000,
      signal: abort.signal
    }),
    { message: 'enough' }
  )
  t.same(store.puts, [1])
})
