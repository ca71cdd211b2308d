import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import { PosterframeError } from '../errors.ts'
import { createIdentity, type Identity, readScope } from './scope.ts'

/** Issuer of the accepted tokens. */
export interface TokenIssuer {
  /** Required `iss` of a token. */
  readonly issuer: string
  /** Required `aud` of a token. */
  readonly audience: string
  /** URL of the public keys of the issuer. */
  readonly jwksUrl: string
}

// Asymmetric algorithms only: a symmetric key that verifies tokens can also issue them, and a public key must never be
// used as a symmetric one.
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const CLOCK_TOLERANCE_SECONDS = 30
const FETCH_TIMEOUT_MS = 5000
const RETRY_AFTER_SECONDS = 10
const TOKEN_DETAIL =
  'The token is malformed, expired, wrongly signed, or of another issuer or audience. Get a new one from the issuer, ' +
  'and send it as "Authorization: Bearer TOKEN".'
const SUBJECT_DETAIL =
  "The claim 'sub' of the token is missing, empty or not a text, so it names no caller. Configure the issuer to add " +
  'it, and get a new token.'
/** Claim that holds the scope. */
const SCOPE_CLAIM = 'posterframe'

/**
 * Creates the function that verifies JSON Web Tokens (RFC 7519) with the key set of their issuer. It fetches the key
 * set with the first token, caches it for ten minutes, and fetches it again for an unknown key, at most every 30
 * seconds. A token without the claim `posterframe` has the verb `read` only. The claim `sub` names the caller and is
 * required: callers without a name would share their limits, and could read each other's jobs.
 */
export function createTokenCheck ({ issuer, audience, jwksUrl }: TokenIssuer): (token: string) => Promise<Identity> {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: FETCH_TIMEOUT_MS })
  const options = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp', 'sub']
  }
  return async (token) => {
    try {
      return readIdentity((await jwtVerify(token, keys, options)).payload)
    } catch (error) {
      if (isTokenError(error)) {
        throw new PosterframeError('unauthenticated', {
          detail: isSubjectError(error) ? SUBJECT_DETAIL : TOKEN_DETAIL,
          cause: error
        })
      }
      if (!isKeySetError(error)) throw error
      throw new PosterframeError('identity_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error })
    }
  }
}

function readIdentity (payload: JWTPayload): Identity {
  const scope = readScope(payload[SCOPE_CLAIM] ?? {})
  if (scope === undefined) throw new errors.JWTInvalid(`the claim '${SCOPE_CLAIM}' is not a scope`)
  // `jose` checks that there is a subject, but not its type.
  if (typeof payload.sub !== 'string' || payload.sub === '') {
    throw new errors.JWTClaimValidationFailed('"sub" claim must be a text that is not empty', payload, 'sub', 'invalid')
  }
  return createIdentity(`jwt:${payload.sub}`, scope, ['read'])
}

function isSubjectError (error: unknown): boolean {
  return error instanceof errors.JWTClaimValidationFailed && error.claim === 'sub'
}

// `fetch` throws a TypeError with a cause if the connection fails, and WebCrypto a DOMException for a malformed key.
function isKeySetError (error: unknown): boolean {
  return (
    error instanceof errors.JOSEError ||
    error instanceof DOMException ||
    (error instanceof TypeError && error.message === 'fetch failed' && error.cause !== undefined)
  )
}

// Errors of a token have classes of their own in jose; a key set that is unavailable or malformed is not an error of
// the token.
function isTokenError (error: unknown): boolean {
  return (
    error instanceof errors.JWTInvalid ||
    error instanceof errors.JWTClaimValidationFailed ||
    error instanceof errors.JWTExpired ||
    error instanceof errors.JWSInvalid ||
    error instanceof errors.JWSSignatureVerificationFailed ||
    error instanceof errors.JOSEAlgNotAllowed ||
    error instanceof errors.JOSENotSupported ||
    error instanceof errors.JWKSNoMatchingKey ||
    error instanceof errors.JWKSMultipleMatchingKeys
  )
}
