import { existsSync, openAsBlob, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { startPosterframe } from './posterframe.ts'
import { watchUse } from '../support/process-use.ts'

const CORPUS = '../shared/media'
const MAX_CPU_SECONDS = 5
const MAX_CHILD_BYTES = 512 * 2 ** 20
const files = existsSync(CORPUS) ? readdirSync(CORPUS).filter((file) => /^(bomb|bad)-/.test(file)) : []
const skip = files.length === 0 ? `needs the corpus in ${CORPUS}` : process.platform !== 'linux' && 'reads /proc'
t.setTimeout(900_000)

t.test('rejects or decodes every bomb within its budget', { skip }, async (t) => {
  const service = await startPosterframe(t)
  for (const file of files) {
    for (const timestamp of ['auto', 'middle', 'last']) {
      const watch = watchUse(service.pid)
      const { status, body } = await service.makeFromUpload(
        await openAsBlob(join(CORPUS, file)),
        file,
        `?timestamp=${timestamp}`
      )
      const { cpuSeconds, peakChildBytes } = watch.stop()
      const outcome = [status, body['code']].join(' ')
      t.ok(status < 500, `${file}, ${timestamp}: ${outcome}`)
      t.ok(cpuSeconds <= MAX_CPU_SECONDS, `${file}, ${timestamp}: ${outcome}, ${cpuSeconds.toFixed(2)} s of CPU`)
      t.ok(
        peakChildBytes <= MAX_CHILD_BYTES,
        `${file}, ${timestamp}: ${outcome}, ${Math.round(peakChildBytes / 2 ** 20)} MiB`
      )
    }
  }
  t.same(await service.listScratch(), [])
  const peakKib = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${service.pid}/status`, 'utf8'))?.[1])
  t.ok(peakKib * 1024 <= MAX_CHILD_BYTES, `memory of the service: ${Math.round(peakKib / 1024)} MiB`)
})
