import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client'
import { ERROR_CATALOGUE } from '../errors.ts'
import type { Recorder } from './recorder.ts'

/** A queue that is looked at whenever the figures are asked for. */
export interface WatchedQueue {
  readonly running: number
  readonly waiting: number
}

/** What is on scratch. */
export interface ScratchUse {
  readonly directories: number
  readonly usedBytes: number
  readonly freeBytes: number
}

/** A recorder whose figures Prometheus can fetch. */
export interface Prometheus extends Recorder {
  /** The figures in Prometheus' text format, and the media type of that. */
  print(): Promise<{ readonly contentType: string, readonly text: string }>
  /** Tells of a queue by its name: how many have a place of the `limit`, and how many wait. */
  watchSlots(kind: string, queue: WatchedQueue, limit: number): void
  watchScratch(measure: () => Promise<ScratchUse>): void
}

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25]

/** Figures of this process, its own (memory, descriptors, delay of the event loop) among them. */
export function createPrometheus (): Prometheus {
  const register = new Registry()
  const registers = [register]
  collectDefaultMetrics({ register })
  const requests = new Histogram({
    name: 'posterframe_http_request_duration_seconds',
    help: 'Time to answer a request, its body included.',
    labelNames: ['route', 'method', 'status'],
    buckets: SECONDS,
    registers
  })
  const errors = new Counter({
    name: 'posterframe_errors_total',
    help: 'Problem documents that were answered, by their code.',
    labelNames: ['code'],
    registers
  })
  const thumbnails = new Counter({
    name: 'posterframe_thumbnails_total',
    help: 'Thumbnails that were answered, by the way they came.',
    labelNames: ['mode'],
    registers
  })
  const products = new Counter({
    name: 'posterframe_products_total',
    help: 'Batches, storyboards and previews that were answered, by the way they came.',
    labelNames: ['product', 'mode'],
    registers
  })
  const messages = new Counter({
    name: 'posterframe_messages_total',
    help: 'Messages of the queue, by what became of them.',
    labelNames: ['outcome'],
    registers
  })
  const jobs = new Counter({
    name: 'posterframe_jobs_total',
    help: 'Jobs that ended in this process, by what became of them: succeeded, or the code of an error.',
    labelNames: ['outcome'],
    registers
  })
  const steps = new Histogram({
    name: 'posterframe_step_duration_seconds',
    help: 'Time that a request spent in a step, the wait for a slot included.',
    labelNames: ['step'],
    buckets: SECONDS,
    registers
  })
  const storeRequests = new Counter({
    name: 'posterframe_store_requests_total',
    help: 'Requests to the object store.',
    labelNames: ['operation', 'outcome'],
    registers
  })
  const storeBytes = {
    read: new Counter({
      name: 'posterframe_store_read_bytes_total',
      help: 'Bytes that came from the object store.',
      registers
    }),
    written: new Counter({
      name: 'posterframe_store_written_bytes_total',
      help: 'Bytes that were put into the object store.',
      registers
    })
  }
  const decoderRuns = new Counter({
    name: 'posterframe_decoder_runs_total',
    help: 'Runs of the decoder, by exit code or signal.',
    labelNames: ['task', 'exit'],
    registers
  })
  const workerEnds = new Counter({
    name: 'posterframe_decoder_worker_ends_total',
    help: 'Workers of the decoder that were ended, each to be replaced.',
    labelNames: ['reason'],
    registers
  })
  const running = new Gauge({
    name: 'posterframe_slots_running',
    help: 'Tasks that have a slot.',
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
    help: 'Slots that there are.',
    labelNames: ['kind'],
    registers
  })
  const scratch = {
    directories: new Gauge({
      name: 'posterframe_scratch_directories',
      help: 'Requests that have a directory on scratch.',
      registers
    }),
    used: new Gauge({
      name: 'posterframe_scratch_used_bytes',
      help: 'Bytes that this process holds on scratch.',
      registers
    }),
    free: new Gauge({
      name: 'posterframe_scratch_free_bytes',
      help: 'Bytes that are free on the disk of scratch.',
      registers
    })
  }
  const readings: Array<() => Promise<void>> = []

  // A counter that is not there yet has no rate: what can be counted begins at 0.
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
      // One that cannot be read keeps its last figure: the others are worth having all the same.
      await Promise.allSettled(readings.map((read) => read()))
      return { contentType: register.contentType, text: await register.metrics() }
    },

    watchSlots (kind, queue, limit) {
      limits.set({ kind }, limit)
      readings.push(async () => {
        running.set({ kind }, queue.running)
        waiting.set({ kind }, queue.waiting)
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
