import { Readable } from 'node:stream'
import t from 'tap'
import { guardBody } from '../../src/store/guarded-body.ts'

const endless = () => new Readable({ read () {} })
/** Waits for `close`. Unlike `once` of node:events, it does not listen for errors. */
const close = (stream: Readable) => new Promise((resolve) => stream.once('close', resolve))
const toError = (error: unknown) => new Error('mapped', { cause: error })

t.test('returns the whole body or a mapped error', async (t) => {
  const whole = guardBody(Readable.from([Buffer.from('abc'), Buffer.from('de')]), {
    bytes: 5,
    signal: new AbortController().signal,
    toError
  })
  t.equal(Buffer.concat((await whole.toArray()) as Buffer[]).toString(), 'abcde')
  const short = guardBody(Readable.from([Buffer.from('abc')]), {
    bytes: 5,
    signal: new AbortController().signal,
    toError
  })
  await t.rejects(short.toArray(), { message: 'mapped', cause: { name: 'BodyLengthError' } })
})

t.test('fails without an unhandled error if the body is not read', async (t) => {
  const broken = endless()
  const first = guardBody(broken, { bytes: 5, signal: new AbortController().signal, toError })
  broken.destroy(new Error('reset'))
  await close(first)

  const client = new AbortController()
  const second = guardBody(endless(), { bytes: 5, signal: client.signal, toError })
  client.abort(new Error('the client disconnected'))
  await close(second)

  t.ok(first.destroyed && second.destroyed)
})

t.test('closes the body, and does not crash, if the client disconnects before the body is read', async (t) => {
  const body = Readable.from([Buffer.from('abcde')])
  t.throws(
    () => guardBody(body, { bytes: 5, signal: AbortSignal.abort(new Error('the client disconnected')), toError }),
    { message: 'mapped' }
  )
  await new Promise((resolve) => setImmediate(resolve))
  t.ok(body.destroyed)
})
