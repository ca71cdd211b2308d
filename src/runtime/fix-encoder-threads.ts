/** Threads that libvips takes for one picture: one that computes (`sharp.concurrency(1)`), and two that write. */
const THREADS_PER_PICTURE = 3
/** Threads of libuv's pool, in which sharp works: as many pictures are encoded at once. */
const POOL_SIZE = { default: 4, max: 1024 }

/**
 * Makes libvips start all its threads when it is loaded, and none later. By default it starts and ends them as it needs
 * them, and ends the process with a segmentation fault if the machine has no thread left for one that writes. Too few
 * threads would wait for each other for ever, so there are as many as all pictures that are encoded at once can take.
 *
 * @param environment `process.env`, before sharp is loaded; the operator's own `VIPS_MAX_THREADS` is respected
 */
export function fixEncoderThreads (environment: Record<string, string | undefined>): void {
  const { UV_THREADPOOL_SIZE: size } = environment
  // Read as libuv does: what is no number, or 0, is 1.
  const poolSize = size === undefined ? POOL_SIZE.default : Math.max(1, Number.parseInt(size) || 1)
  environment['VIPS_MAX_THREADS'] ??= String(THREADS_PER_PICTURE * Math.min(poolSize, POOL_SIZE.max))
}
