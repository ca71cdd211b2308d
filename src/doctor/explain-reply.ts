import type { ProbeReply } from '../store/store-probe.ts'
import type { Finding } from './check.ts'
import { explainConnection } from './explain-connection.ts'

/** The request whose reply is explained. */
export interface Attempt {
  readonly bucket: string
  /** The region of the client. */
  readonly region: string
  /** The verb phrase of the request, such as `list the bucket`. */
  readonly action: string
  /** The right that the request needs, such as `s3:ListBucket on arn:aws:s3:::videos`. */
  readonly right: string
  /** The variable that names the bucket. */
  readonly variable: string
}

/** A reason, and how far it reaches: further requests to the whole store or to the bucket fail for the same reason. */
export interface Explanation extends Finding {
  readonly reach: 'store' | 'bucket' | 'request'
}

const THROTTLED = [429, 503]
const UNSUPPORTED = [405, 501]

/** Error codes of the store that are not about the bucket or the object but about the requests of this service. */
const BY_CODE: Readonly<Record<string, Finding>> = {
  SignatureDoesNotMatch: {
    detail: 'The store computes another signature than this service (SignatureDoesNotMatch).',
    nextStep:
      'Check AWS_SECRET_ACCESS_KEY: it must belong to AWS_ACCESS_KEY_ID, without missing characters; a proxy in ' +
        'front of the store must not change the Host header or the path.'
  },
  InvalidAccessKeyId: {
    detail: 'The store does not know the access key (InvalidAccessKeyId).',
    nextStep: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of this store, or correct AWS_ENDPOINT_URL_S3.'
  },
  ExpiredToken: {
    detail: 'The temporary credentials have expired (ExpiredToken).',
    nextStep: 'Get new ones, or use a role or a profile, which the service renews by itself.'
  },
  InvalidToken: {
    detail: 'The store rejects the session token (InvalidToken).',
    nextStep: 'Set AWS_SESSION_TOKEN to the token of these very credentials, or unset it if they are permanent.'
  },
  RequestTimeTooSkewed: {
    detail: 'The store rejects the time of the signature (RequestTimeTooSkewed).',
    nextStep: 'Synchronise the clock of this machine by NTP, and that of the store if it is yours.'
  },
  NotSignedUp: {
    detail: 'The account of the credentials has no S3 (NotSignedUp).',
    nextStep: 'Use credentials of an account that may use S3.'
  }
}

/** Explains a reply that is not ok, or a web page in the place of a reply. */
export function explainReply (reply: ProbeReply, attempt: Attempt): Explanation {
  const { status, code, origin } = reply
  const { bucket, region, action, right, variable } = attempt
  const shown = [status, code].filter((part) => part !== undefined).join(' ')
  if (status === undefined) return { reach: 'store', ...explainConnection(origin, code) }
  if (isWebPage(reply)) {
    return {
      reach: 'bucket',
      detail: `${origin} returns a web page (${status} text/html) and not what S3 would.`,
      nextStep: 'Set AWS_ENDPOINT_URL_S3 to the S3 API of the store, not to its console, a login page or a proxy.'
    }
  }
  const wrongRegion = explainRegion(reply, attempt)
  if (wrongRegion !== undefined) return { reach: 'bucket', ...wrongRegion }
  const known = BY_CODE[code ?? '']
  if (known !== undefined) return { reach: 'bucket', ...known }
  if (code === 'InvalidObjectState') {
    return {
      reach: 'request',
      detail: 'The object is in an archive storage class (403 InvalidObjectState), as those of S3 Glacier are.',
      nextStep: 'Restore it, or move it to a storage class that can be read at once.'
    }
  }
  if (status === 404) {
    return {
      reach: 'bucket',
      detail: `There is no bucket '${bucket}' in the region ${region} of ${origin} (${shown}).`,
      nextStep: `Create it, or correct ${variable}.`
    }
  }
  if (status === 401 || status === 403) {
    return {
      reach: 'request',
      detail: `The credentials may not ${action} (${shown}).`,
      nextStep: `Allow ${right} in the policy of the user or role, and look for a policy of the bucket that denies it.`
    }
  }
  if (UNSUPPORTED.includes(status)) {
    return {
      reach: 'request',
      detail: `The store cannot ${action}: it does not support the request (${shown}).`,
      nextStep: 'Update the store or use another: Posterframe needs this operation of S3.'
    }
  }
  if (THROTTLED.includes(status)) {
    return {
      reach: 'request',
      detail: `The store is overloaded or limits requests (${shown}).`,
      nextStep: 'Try again later; if it lasts, lower POSTERFRAME_SLOTS or raise the limits of the store.'
    }
  }
  if (status === 400) {
    return {
      reach: 'bucket',
      detail: `The store rejects the request to ${action} as invalid (${shown}).`,
      nextStep:
        'Check AWS_REGION, AWS_ENDPOINT_URL_S3 and POSTERFRAME_S3_FORCE_PATH_STYLE; objects that a customer key ' +
          'encrypts (SSE-C) cannot be read, so store them without one.'
    }
  }
  return {
    reach: 'request',
    detail: `The store failed to ${action} (${shown}).`,
    nextStep: 'Read the log of the store, or its status page, and try again later.'
  }
}

/** Returns whether a web page came instead of a response of S3. */
export function isWebPage ({ headers }: Pick<ProbeReply, 'headers'>): boolean {
  return headers['content-type']?.startsWith('text/html') === true
}

function explainRegion ({ status = 0, code, region: actual }: ProbeReply, attempt: Attempt): Finding | undefined {
  const { bucket, region } = attempt
  const isRedirect = [301, 307, 308].includes(status) || code === 'PermanentRedirect'
  const isRegionError = ['AuthorizationHeaderMalformed', 'IllegalLocationConstraintException'].includes(code ?? '')
  if (actual !== undefined && actual !== region && (isRedirect || isRegionError || status === 400)) {
    return {
      detail: `The bucket '${bucket}' is in the region ${actual}, and this service uses ${region}.`,
      nextStep: `Set AWS_REGION=${actual}.`
    }
  }
  if (!isRedirect && !isRegionError) return undefined
  return {
    detail: `The bucket '${bucket}' is in another region or at another endpoint than ${region} (${status}).`,
    nextStep: 'Set AWS_REGION to the region of the bucket, and AWS_ENDPOINT_URL_S3 to its endpoint.'
  }
}
