import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { fixEncoderThreads } from '../../src/runtime/fix-encoder-threads.ts'
import { findProcessLimit } from '../support/process-limit.ts'

const fix = (environment: Record<string, string>) => {
  const fixed: Record<string, string | undefined> = { ...environment }
  fixEncoderThreads(fixed)
  return fixed['VIPS_MAX_THREADS']
}

t.test('starts three threads for each picture that can be encoded at once', async (t) => {
  t.equal(fix({}), '12', 'libuv has four threads')
  t.equal(fix({ UV_THREADPOOL_SIZE: '16' }), '48')
  for (const size of ['0', 'many', '-3']) t.equal(fix({ UV_THREADPOOL_SIZE: size }), '3', 'libuv has at least one')
  t.equal(fix({ UV_THREADPOOL_SIZE: '100000' }), '3072', 'and at most 1,024')
})

t.test('respects the choice of the operator', async (t) => {
  t.equal(fix({ VIPS_MAX_THREADS: '40', UV_THREADPOOL_SIZE: '16' }), '40')
})

t.test('encodes without a thread that it does not have', async (t) => {
  const limit = await findProcessLimit(t)
  if (typeof limit === 'string') {
    t.pass('is tried', { skip: limit })
    return
  }
  const script = `
    import { stat } from 'node:fs/promises'
    const load = (path) => import(new URL(path, ${JSON.stringify(import.meta.resolve('../../src/'))}))
    const { fixEncoderThreads } = await load('runtime/fix-encoder-threads.ts')
    fixEncoderThreads(process.env)
    const { encodeImage } = await load('video/image/encode-image.ts')
    await stat('/')
    process.stdout.write('loaded\\n')
    await new Promise((resolve) => process.stdin.once('data', resolve))
    const picture = { data: Buffer.alloc(640 * 360 * 3, 99), width: 640, height: 360, channels: 3 }
    const options = { fit: 'inside', quality: 80, background: 'ffffff', width: 320 }
    const formats = ['jpeg', 'webp', 'png', 'avif']
    const images = await Promise.all(
      Array.from({ length: 24 }, (_, index) => encodeImage({ picture }, { ...options, format: formats[index % 4] }))
    )
    process.stdout.write(images.length + ' encoded')
    process.exit()
  `
  const [program = '', ...args] = limit.wrap(process.execPath, '--input-type=module', '-e', script)
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const exited = once(child, 'exit')
  await once(child.stdout, 'data')
  await limit.leave(child.pid ?? 0, 3)
  const output = text(child.stdout)
  child.stdin.write('go')
  t.equal(await output, '24 encoded')
  t.same(await exited, [0, null])
})
