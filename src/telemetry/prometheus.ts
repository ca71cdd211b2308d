import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { ERROR_CATALOGUE } from '../errors.ts'
import type { Recorder } from './recorder.ts'

/** A semaphore that is read each time the metrics are requested. */
export interface WatchedSemaphore {
  readonly running: number
  readonly waiting: number
}

/** The use of the scratch disk. */
export interface ScratchUse {
  readonly directories: number
  readonly usedBytes: number
  readonly freeBytes: number
}

/** A recorder whose metrics Prometheus can scrape. */
export interface Prometheus extends Recorder {
  /** Returns the metrics in Prometheus' text format, and its media type. */
  print(): Promise<{ readonly contentType: string, readonly text: string }>
  /** Exposes how many tasks hold a slot of a semaphore and how many wait, under the label `kind`. */
  watchSlots(kind: string, semaphore: WatchedSemaphore, limit: number): void
  /** Exposes the use of the scratch disk. */
  watchScratch(measure: () => Promise<ScratchUse>): void
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25]

/** Creates a recorder, which also exposes memory, descriptors and event loop delay of this process. */
export function createPrometheus (): Prometheus {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const requests = new Histogram({
    name: 'posterframe_http_request_duration_seconds',
    help: 'Duration of HTTP requests, their bodies included.',
    labelNames: ['route', 'method', 'status'],
    buckets: SECONDS,
    registers
  })
  const errors = new Counter({
    name: 'posterframe_errors_total',
    help: 'Error responses (problem documents), by code.',
    labelNames: ['code'],
    registers
  })
  const thumbnails = new Counter({
    name: 'posterframe_thumbnails_total',
    help: 'Thumbnails returned, by mode.',
    labelNames: ['mode'],
    registers
  })
  const products = new Counter({
    name: 'posterframe_products_total',
    help: 'Batches, storyboards and previews returned, by mode.',
    labelNames: ['product', 'mode'],
    registers
  })
  const messages = new Counter({
    name: 'posterframe_messages_total',
    help: 'Queue messages, by outcome.',
    labelNames: ['outcome'],
    registers
  })
  const jobs = new Counter({
    name: 'posterframe_jobs_total',
    help: 'Background jobs that ended in this process, by outcome: succeeded, or an error code.',
    labelNames: ['outcome'],
    registers
  })
  const steps = new Histogram({
    name: 'posterframe_step_duration_seconds',
    help: 'Time that a request spent in a step, including the wait for a slot.',
    labelNames: ['step'],
    buckets: SECONDS,
    registers
  })
  const storeRequests = new Counter({
    name: 'posterframe_store_requests_total',
    help: 'Requests to the object store, by operation and outcome.',
    labelNames: ['operation', 'outcome'],
    registers
  })
  const storeBytes = {
    read: new Counter({
      name: 'posterframe_store_read_bytes_total',
      help: 'Bytes read from the object store.',
      registers
    }),
    written: new Counter({
      name: 'posterframe_store_written_bytes_total',
      help: 'Bytes written to the object store.',
      registers
    })
  }
  const decoderRuns = new Counter({
    name: 'posterframe_decoder_runs_total',
    help: 'Decoder runs, by task and exit code or signal.',
    labelNames: ['task', 'exit'],
    registers
  })
  const workerEnds = new Counter({
    name: 'posterframe_decoder_worker_ends_total',
    help: 'Decoder workers that ended, by reason.',
    labelNames: ['reason'],
    registers
  })
  const running = new Gauge({
    name: 'posterframe_slots_running',
    help: 'Tasks that hold a slot.',
    labelNames: ['kind'],
    registers
  })
  const waiting = new Gauge({
    name: 'posterframe_slots_waiting',
    help: 'Tasks that wait for a slot.',
    labelNames: ['kind'],
    registers
  })
  const limits = new Gauge({
    name: 'posterframe_slots_limit',
    help: 'Number of slots.',
    labelNames: ['kind'],
    registers
  })
  const scratch = {
    directories: new Gauge({
      name: 'posterframe_scratch_directories',
      help: 'Directories of running requests on the scratch disk.',
      registers
    }),
    used: new Gauge({
      name: 'posterframe_scratch_used_bytes',
      help: 'Bytes that this process uses on the scratch disk.',
      registers
    }),
    free: new Gauge({
      name: 'posterframe_scratch_free_bytes',
      help: 'Free bytes on the scratch disk.',
      registers
    })
  }
  const readings: Array<() => Promise<void>> = []

  // A missing series has no rate, so every series whose labels are known starts at 0.
  for (const code of Object.keys(ERROR_CATALOGUE)) errors.inc({ code }, 0)
  for (const outcome of ['succeeded', ...Object.keys(ERROR_CATALOGUE)]) jobs.inc({ outcome }, 0)
  for (const mode of ['ranged', 'full', 'cached']) thumbnails.inc({ mode }, 0)
  for (const product of ['batch', 'storyboard', 'preview']) {
    for (const mode of ['ranged', 'full', 'cached', 'mixed']) {
      if (product === 'batch' || mode !== 'mixed') products.inc({ product, mode }, 0)
    }
  }
  for (const outcome of ['done', 'returned']) messages.inc({ outcome }, 0)

  return {
    countRequest ({ route, method, status, seconds, errorCode }) {
      requests.observe({ route, method, status }, seconds)
      if (errorCode !== undefined) errors.inc({ code: errorCode })
    },
    countThumbnail (mode) {
      thumbnails.inc({ mode })
    },
    countProduct (product, mode) {
      products.inc({ product, mode })
    },
    timeStep (step, seconds) {
      steps.observe({ step }, seconds)
    },
    countStoreRequest (operation, outcome) {
      storeRequests.inc({ operation, outcome })
    },
    countStoreBytes (direction, bytes) {
      storeBytes[direction].inc(bytes)
    },
    countDecoderRun (task, exit) {
      decoderRuns.inc({ task, exit })
    },
    countWorkerEnd (reason) {
      workerEnds.inc({ reason })
    },
    countMessage (outcome) {
      messages.inc({ outcome })
    },
    countJob (outcome) {
      jobs.inc({ outcome })
    },

    async print () {
      // A metric that cannot be read keeps its last value, so that the others are still returned.
      await Promise.allSettled(readings.map((read) => read()))
      return { contentType: register.contentType, text: await register.metrics() }
    },

    watchSlots (kind, semaphore, limit) {
      limits.set({ kind }, limit)
      readings.push(async () => {
        running.set({ kind }, semaphore.running)
        waiting.set({ kind }, semaphore.waiting)
      })
    },

    watchScratch (measure) {
      readings.push(async () => {
        const { directories, usedBytes, freeBytes } = await measure()
        scratch.directories.set(directories)
        scratch.used.set(usedBytes)
        scratch.free.set(freeBytes)
      })
    }
  }
}
