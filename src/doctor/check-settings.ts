import { lookup } from 'node:dns/promises'
import type { ProbeReply, StoreProbe } from '../store/store-probe.ts'
import { type Check, failed, passed, warned } from './check.ts'
import { explainConnection } from './explain-connection.ts'

const NOTABLE_SKEW_MS = 60_000
const SHOWN_KEY_CHARACTERS = 4
const RETRIED = [429, 500, 502, 503, 504]

/** Checks that the client has a region. */
export async function checkRegion (probe: StoreProbe): Promise<Check> {
  const found = await probe.readRegion()
  if ('value' in found) return passed('region', `Requests are signed for the region ${found.value}.`)
  return failed('region', {
    detail: 'No region is set: neither AWS_REGION nor an AWS profile names one.',
    nextStep: 'Set AWS_REGION, such as eu-central-1; auto for Cloudflare R2, us-east-1 for most servers of your own.'
  })
}

/** Checks that the client finds credentials that have not expired. `profile` is the value of `AWS_PROFILE`. */
export async function checkCredentials (
  probe: StoreProbe,
  { profile, now = Date.now() }: { readonly profile?: string | undefined, readonly now?: number } = {}
): Promise<Check> {
  const found = await probe.readCredentials()
  if ('problem' in found) {
    const problem = found.problem.replace(/\.$/, '')
    if (profile !== undefined && profile !== '') {
      return failed('credentials', {
        detail: `AWS_PROFILE is '${profile}', for which no credentials were found (${problem}).`,
        nextStep: 'Correct AWS_PROFILE, add the profile to ~/.aws/config or ~/.aws/credentials, or unset AWS_PROFILE.'
      })
    }
    return failed('credentials', {
      detail: `No AWS credentials were found (${problem}).`,
      nextStep:
        'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE, or give the machine, task ' +
          'or pod a role.'
    })
  }
  const { accessKeyId, expiration } = found.value
  const key = `The access key that ends in ${accessKeyId.slice(-SHOWN_KEY_CHARACTERS)}`
  if (expiration === undefined) return passed('credentials', `${key} is used, which does not expire.`)
  const until = expiration.toISOString()
  if (expiration.getTime() > now) {
    return passed('credentials', `${key} is used, which expires at ${until}.`)
  }
  return failed('credentials', {
    detail: `${key} has expired at ${until}.`,
    nextStep: 'Get new credentials, or use a role or a profile, which the service renews by itself.'
  })
}

/**
 * Checks from one reply that the store can be reached, and that browsers can resolve the name in presigned URLs.
 *
 * @param resolve rejects if a name has no address
 */
export async function checkEndpoint (
  { status, code, origin = '' }: ProbeReply,
  publicEndpoint: string | undefined,
  resolve: (hostname: string) => Promise<unknown> = lookup
): Promise<Check> {
  if (status === undefined) return failed('endpoint', explainConnection(origin === '' ? undefined : origin, code))
  const { hostname } = new URL(publicEndpoint ?? origin)
  if (!hostname.includes('.') && !hostname.includes(':') && hostname !== 'localhost') {
    return warned('endpoint', {
      detail: `${origin} responds, and presigned URLs contain the name '${hostname}', which browsers cannot resolve.`,
      nextStep: 'Set POSTERFRAME_S3_PUBLIC_ENDPOINT to the URL that browsers reach the store under.'
    })
  }
  if (publicEndpoint === undefined) return passed('endpoint', `${origin} responds.`)
  try {
    await resolve(hostname.replace(/^\[|\]$/g, ''))
  } catch (error) {
    return warned('endpoint', {
      detail:
        `${origin} responds, and presigned URLs contain the name '${hostname}', which this machine cannot resolve ` +
        `(${(error as NodeJS.ErrnoException).code}).`,
      nextStep: 'Correct POSTERFRAME_S3_PUBLIC_ENDPOINT, or make sure that browsers can resolve the name.'
    })
  }
  return passed('endpoint', `${origin} responds, and presigned URLs are signed for ${publicEndpoint}.`)
}

/** Compares the clock of this machine with the Date headers of the replies. */
export function checkClock (replies: readonly ProbeReply[]): Check {
  const skews = replies.flatMap(({ skewMs }) => (skewMs === undefined ? [] : [skewMs]))
  const skewMs = skews.reduce((largest, skew) => (Math.abs(skew) > Math.abs(largest) ? skew : largest), 0)
  const seconds = Math.round(Math.abs(skewMs) / 1000)
  const nextStep = 'Synchronise the clock of this machine by NTP, and that of the store if it is yours.'
  const difference = `The clock of this machine is ${seconds} s ${skewMs < 0 ? 'ahead of' : 'behind'} that of the store`
  if (Math.abs(skewMs) >= NOTABLE_SKEW_MS) {
    const detail = `${difference}. Requests and presigned URLs are signed by the clock of the store after its first reply.`
    return warned('clock', { detail, nextStep })
  }
  if (replies.some(({ code }) => code === 'RequestTimeTooSkewed')) {
    return failed('clock', {
      detail: "The store rejects the time of signatures, although its Date header agrees with this machine's clock.",
      nextStep: 'Synchronise the clock of the store itself; a proxy in front of it may write the Date header.'
    })
  }
  if (skews.length === 0) {
    return warned('clock', {
      detail: 'The store sent no Date header, so its clock could not be compared.',
      nextStep: 'Make sure that this machine and the store use NTP.'
    })
  }
  return passed('clock', `It differs from the clock of the store by ${seconds} s.`)
}

/** Reports requests that the client had to repeat; undefined if there were none. */
export function checkRepeats (replies: readonly ProbeReply[]): Check | undefined {
  const repeated = replies.filter(({ statuses }) => statuses.slice(0, -1).some((status) => RETRIED.includes(status)))
  if (repeated.length === 0) return undefined
  const statuses = new Set(repeated.flatMap((reply) => reply.statuses).filter((status) => RETRIED.includes(status)))
  return warned('repeats', {
    detail: `${repeated.length} of ${replies.length} requests had to be repeated after ${[...statuses].join(' and ')}.`,
    nextStep: 'The store limits requests or is overloaded: raise its limits, or lower POSTERFRAME_SLOTS.'
  })
}
