import { isIP } from 'node:net'
import type { EnvironmentReader } from './environment.ts'
import { isLoopback } from './loopback.ts'

/** Requests that one caller may make in a window of time. */
export interface RateLimit {
  readonly requests: number
  readonly windowMs: number
}

/** Settings of the security hooks. */
export interface SecurityConfig {
  /** Allowed values of the header `Host`, in lower case, without port; undefined: any. */
  readonly allowedHosts: readonly string[] | undefined
  /**
   * Addresses and ranges of proxies whose `X-Forwarded-For` is trusted. Not a number of hops: a caller that bypasses
   * the proxies could add as many.
   */
  readonly trustProxy: readonly string[]
  /** Origins of pages that may call the service; `*` alone: all. */
  readonly corsOrigins: readonly string[]
  readonly rateLimit: RateLimit | undefined
  /** The service sheds load while the mean event-loop delay over a second exceeds this; 0: never. */
  readonly maxEventLoopDelayMs: number
}

const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }
const LOOPBACK_NAMES = ['localhost', '127.0.0.1', '[::1]']

/** Reads the settings of the security hooks. `address` is the listening address and the public base URL, if any. */
export function readSecurityConfig (
  reader: EnvironmentReader,
  address: { readonly host: string, readonly publicUrl: string | undefined },
  lambda: boolean
): SecurityConfig {
  const rateLimit = reader.readParsed<RateLimit | undefined>(
    'POSTERFRAME_RATE_LIMIT',
    undefined,
    'requests per time, such as 100/1m (s, m or h)',
    parseRate
  )
  if (lambda && rateLimit !== undefined) {
    reader.report(
      'POSTERFRAME_RATE_LIMIT',
      'must not be set on Lambda, where every instance would count separately: configure throttling in API Gateway'
    )
  }
  const hosts = reader.readParsed<readonly string[]>(
    'POSTERFRAME_ALLOWED_HOSTS',
    lambda ? ['*'] : readAllowedHosts(address),
    'host names without ports, comma separated, or *',
    parseHosts
  )
  return Object.freeze({
    allowedHosts: hosts.includes('*') ? undefined : hosts,
    trustProxy: reader.readParsed<readonly string[]>(
      'POSTERFRAME_TRUST_PROXY',
      [],
      'addresses and CIDR ranges of proxies, or loopback, linklocal, uniquelocal, comma separated',
      parseProxies
    ),
    corsOrigins: reader.readParsed<readonly string[]>(
      'POSTERFRAME_CORS_ORIGINS',
      [],
      'origins such as https://example.com, comma separated, or *',
      parseOrigins
    ),
    rateLimit,
    // On Lambda a process handles one request at a time, so shedding load would protect no other request.
    maxEventLoopDelayMs: lambda
      ? 0
      : reader.readCount('POSTERFRAME_MAX_EVENT_LOOP_DELAY_MS', 500, { minimum: 0, maximum: 60_000 })
  })
}

// DNS rebinding: a page can point its own name at 127.0.0.1 and then talk to a service there. Only the name in `Host`
// gives it away. Off loopback only the operator knows the right names.
function readAllowedHosts ({
  host,
  publicUrl
}: {
  readonly host: string
  readonly publicUrl: string | undefined
}): readonly string[] {
  if (!isLoopback(host)) return ['*']
  return Object.freeze([
    ...new Set([
      ...LOOPBACK_NAMES,
      isIP(host) === 6 ? `[${host}]` : host,
      ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname])
    ])
  ])
}

function parseHosts (text: string): readonly string[] | undefined {
  if (text === '*') return ['*']
  const hosts = splitList(text.toLowerCase())
  return hosts.every((host) => /^([a-z0-9_-]+(\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/.test(host))
    ? Object.freeze(hosts)
    : undefined
}

function parseProxies (text: string): readonly string[] | undefined {
  const ranges = splitList(text)
  return ranges.every(isRange) ? Object.freeze(ranges) : undefined
}

function isRange (text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true
  const [, address = '', bits] = /^([0-9A-Fa-f:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? []
  const family = isIP(address)
  return family !== 0 && (bits === undefined || Number(bits) <= (family === 4 ? 32 : 128))
}

function parseOrigins (text: string): readonly string[] | undefined {
  const origins = splitList(text)
  const isPlain = origins.every((origin) => URL.parse(origin)?.origin === origin && !origin.includes('*'))
  return text === '*' || isPlain ? Object.freeze(origins) : undefined
}

function parseRate (text: string): RateLimit | undefined {
  const [, requests = '', count = '', unit = ''] = /^(\d{1,9})\/(\d{0,4})([smh])$/.exec(text) ?? []
  const windowMs = (count === '' ? 1 : Number(count)) * (UNITS_MS[unit] ?? 0)
  return Number(requests) > 0 && windowMs > 0 ? Object.freeze({ requests: Number(requests), windowMs }) : undefined
}

function splitList (text: string): string[] {
  return text.split(',').map((part) => part.trim())
}
