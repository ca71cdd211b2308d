import { Worker } from 'node:worker_threads'
import { PosterframeError } from '../../../errors.ts'
import type { MatroskaAnswer, MatroskaJob, FromWorker, ToWorker } from './matroska-messages.ts'
import { RangedExtractionError } from '../../media/ranged-extraction-error.ts'
import type { ByteReader } from '../../source/byte-source.ts'

/** The threads that read strangers' containers, each one job at a time. */
export interface MatroskaWorkers {
  /**
   * Runs a job in a thread, which gets its bytes from `reader` alone.
   *
   * @throws RangedExtractionError where the thread refuses, takes too long or breaks; PosterframeError
   * `video_limits_exceeded` where it takes more memory than it may; what the reader throws
   */
  run(job: MatroskaJob, reader: ByteReader): Promise<MatroskaAnswer>
  /** Ends the threads. */
  close(): Promise<void>
}

/** What a thread may take. */
export interface MatroskaWorkersSettings {
  /** How long a thread may compute on one job, the time it waits for bytes not counted. */
  readonly timeoutMs?: number
  readonly maxHeapMegabytes?: number
  /** Threads that are kept warm; starting one takes 60 ms out of the bundle, 160 ms out of the sources. */
  readonly maxIdle?: number
}

// Beside this module in the sources, beside the bundle in dist/.
const WORKER_URL = new URL(
  import.meta.url.endsWith('.ts') ? './matroska-worker.ts' : './matroska-worker.mjs',
  import.meta.url
)

/** Makes the threads as they are needed; none keeps the process alive while it is idle. */
export function createMatroskaWorkers ({
  timeoutMs = 5000,
  maxHeapMegabytes = 128,
  maxIdle = 2
}: MatroskaWorkersSettings = {}): MatroskaWorkers {
  const idle: Worker[] = []
  const all = new Set<Worker>()

  return {
    async run (job, reader) {
      const worker = idle.pop() ?? start()
      worker.ref()
      try {
        const answer = await runJob(worker, job, reader, timeoutMs)
        release(worker)
        if (answer.kind === 'refused') throw new RangedExtractionError(answer.reason)
        return answer.answer
      } finally {
        // What did not come to its end may still be computing.
        if (!idle.includes(worker)) end(worker)
      }
    },

    async close () {
      idle.length = 0
      await Promise.all([...all].map((worker) => worker.terminate()))
    }
  }

  function start (): Worker {
    const resourceLimits = { maxOldGenerationSizeMb: maxHeapMegabytes, maxYoungGenerationSizeMb: 16 }
    // It sees nothing of the environment, nor of the flags that this process was started with.
    const worker = new Worker(WORKER_URL, { resourceLimits, env: {}, execArgv: [], name: 'matroska-index' })
    all.add(worker)
    worker.once('exit', () => {
      all.delete(worker)
      if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1)
    })
    // An idle thread that breaks is no news: it is gone from the list when it exits.
    worker.on('error', () => {})
    return worker
  }

  function release (worker: Worker): void {
    worker.unref()
    if (idle.length < maxIdle && all.has(worker)) idle.push(worker)
  }

  function end (worker: Worker): void {
    void worker.terminate()
  }
}

type Outcome = Exclude<FromWorker, { kind: 'read' }>

function runJob (worker: Worker, job: MatroskaJob, reader: ByteReader, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const clock = startClock(timeoutMs, () =>
      settle(() => reject(new RangedExtractionError('reading the container takes too long')))
    )
    worker.on('message', take).on('error', fail).on('exit', exit)
    send({ kind: 'job', job })

    function settle (finish: () => void): void {
      clock.stop()
      worker.off('message', take).off('error', fail).off('exit', exit)
      finish()
    }

    function take (message: FromWorker): void {
      if (message.kind !== 'read') return settle(() => resolve(message))
      clock.pause()
      reader
        .read(message.start, message.end)
        .then((bytes) => {
          clock.resume()
          // A copy: what is handed over is gone, and the reader remembers its bytes.
          const data = new Uint8Array(bytes)
          send({ kind: 'bytes', id: message.id, data }, [data.buffer])
        })
        .catch((error: Error) => settle(() => reject(error)))
    }

    function fail (error: Error & { code?: string }): void {
      const isMemory = error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      settle(() =>
        reject(
          isMemory
            ? new PosterframeError('video_limits_exceeded', {
              detail: 'Reading the video takes more memory than it may.',
              cause: error
            })
            : new RangedExtractionError('the reader broke', { cause: error })
        )
      )
    }

    function exit (): void {
      settle(() => reject(new RangedExtractionError('the reader ended')))
    }

    function send (message: ToWorker, transfer: ArrayBuffer[] = []): void {
      worker.postMessage(message, transfer)
    }
  })
}

/** A deadline that stands still while somebody else is waited for. */
function startClock (timeoutMs: number, onTimeout: () => void) {
  let leftMs = timeoutMs
  let since = performance.now()
  let waiting = 0
  let timer = setTimeout(onTimeout, leftMs)
  return {
    pause (): void {
      if (waiting++ > 0) return
      clearTimeout(timer)
      leftMs -= performance.now() - since
    },
    resume (): void {
      if (--waiting > 0) return
      since = performance.now()
      timer = setTimeout(onTimeout, Math.max(0, leftMs))
    },
    stop (): void {
      clearTimeout(timer)
      waiting = Infinity
    }
  }
}
