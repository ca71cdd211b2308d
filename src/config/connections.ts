import type { EnvironmentReader } from './environment.ts'

/** Limits of connections, of uploads in request bodies, and of the shutdown. */
export interface ConnectionsConfig {
  /** Connections at once; undefined on Lambda, which has none. */
  readonly maxConnections: number | undefined
  /** Connections at once of one address; undefined: no limit. */
  readonly maxConnectionsPerAddress: number | undefined
  /** Requests in flight at once, of all connections together; undefined on Lambda. */
  readonly maxRequests: number | undefined
  /** Videos that may arrive in request bodies at once. */
  readonly maxUploads: number
  /** Videos of one caller that may arrive in request bodies at once. */
  readonly maxUploadsPerCaller: number
  /** Time for running requests after the signal to stop. */
  readonly drainMs: number
}

/** Properties of the machine and other settings that the limits depend on. */
export interface ConnectionsContext {
  readonly lambda: boolean
  /** Limit of open files; undefined: unknown or none. */
  readonly openFiles: number | undefined
  readonly slots: number
  readonly queue: number
  readonly timeoutMs: number
  readonly hasTrustedProxy: boolean
}

/** The smallest limit of open files that the service runs with: each decoder alone may open as many. */
const MIN_OPEN_FILES = 256
const MAX_CONNECTIONS = 10_000
/** Descriptors for the process itself and the sockets of the store, and for the files and pipes of each slot. */
const RESERVE = { base: 128, perSlot: 32 }
const UPLOADS_PER_SLOT = 32
/** Requests in flight besides uploads and those that have or await a slot. Each may have a JSON body of 64 KiB. */
const FURTHER_REQUESTS = 1000

/** Reads the limits of connections, of uploads in request bodies, and of the shutdown. */
export function readConnections (
  reader: EnvironmentReader,
  { lambda, openFiles, slots, queue, timeoutMs, hasTrustedProxy }: ConnectionsContext
): ConnectionsConfig {
  const maxUploads = reader.readCount('POSTERFRAME_MAX_UPLOADS', UPLOADS_PER_SLOT * slots, range(1, 100_000))
  const perAddress = readPerAddress(reader)
  if (lambda) rejectOnLambda(reader)
  if (hasTrustedProxy && perAddress !== undefined) {
    reader.report(
      'POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS',
      'must not be set beside POSTERFRAME_TRUST_PROXY: all connections are then of the proxy, so limit them there'
    )
  }
  return Object.freeze({
    maxConnections: lambda ? undefined : readMaxConnections(reader, openFiles, slots),
    maxConnectionsPerAddress: perAddress,
    maxRequests: lambda ? undefined : readMaxRequests(reader, maxUploads + queue + 2 * slots),
    maxUploads,
    maxUploadsPerCaller: reader.readCount(
      'POSTERFRAME_MAX_UPLOADS_PER_CALLER',
      Math.ceil(maxUploads / 2),
      range(1, 100_000)
    ),
    drainMs: reader.readCount('POSTERFRAME_DRAIN_TIMEOUT_MS', timeoutMs, range(0, 3_600_000))
  })
}

/** Returns what is wrong with the limit of open files, in a sentence for the operator; undefined: it is high enough. */
export function openFilesProblem (openFiles: number | undefined): string | undefined {
  if (openFiles === undefined || openFiles >= MIN_OPEN_FILES) return undefined
  return (
    `the limit of open files is ${openFiles}, and must be at least ${MIN_OPEN_FILES}: raise it where the service is ` +
    'started, such as with "ulimit -n 4096", LimitNOFILE=4096 of systemd, or "docker run --ulimit nofile=4096"'
  )
}

function readMaxConnections (reader: EnvironmentReader, openFiles: number | undefined, slots: number): number {
  if (openFiles === undefined) {
    return reader.readCount('POSTERFRAME_MAX_CONNECTIONS', MAX_CONNECTIONS, range(1, 1_000_000))
  }
  const reserve = Math.min(Math.floor(openFiles / 2), RESERVE.base + RESERVE.perSlot * slots)
  const room = Math.max(1, openFiles - reserve)
  const chosen = reader.readCount('POSTERFRAME_MAX_CONNECTIONS', Math.min(MAX_CONNECTIONS, room), range(1, 1_000_000))
  if (chosen > room) {
    reader.report(
      'POSTERFRAME_MAX_CONNECTIONS',
      `must be at most ${room}: the limit of open files is ${openFiles}, and ${reserve} are for files, pipes and the store`
    )
  }
  return chosen
}

function readMaxRequests (reader: EnvironmentReader, admitted: number): number {
  const chosen = reader.readCount('POSTERFRAME_MAX_REQUESTS', admitted + FURTHER_REQUESTS, range(1, 1_000_000))
  if (chosen < admitted) {
    reader.report(
      'POSTERFRAME_MAX_REQUESTS',
      `must be at least ${admitted}: as many may be uploads or have or await a slot (POSTERFRAME_MAX_UPLOADS, ` +
        'POSTERFRAME_QUEUE and twice POSTERFRAME_SLOTS)'
    )
  }
  return chosen
}

function readPerAddress (reader: EnvironmentReader): number | undefined {
  const name = 'POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS'
  return reader.readText(name) === undefined ? undefined : reader.readCount(name, 1, range(1, 1_000_000))
}

function rejectOnLambda (reader: EnvironmentReader): void {
  for (const name of [
    'POSTERFRAME_MAX_CONNECTIONS',
    'POSTERFRAME_MAX_CONNECTIONS_PER_ADDRESS',
    'POSTERFRAME_MAX_REQUESTS'
  ] as const) {
    if (reader.readText(name) !== undefined) reader.report(name, 'must not be set on Lambda, which has no connections')
  }
}

function range (minimum: number, maximum: number) {
  return { minimum, maximum }
}
