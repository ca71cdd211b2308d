import { createRemoteJWKSet, errors, jwtVerify, type JWTPayload } from 'jose'
import { PosterframeError } from '../errors.ts'
import { createIdentity, type Identity, readScope } from './scope.ts'

/** Whose tokens are taken. */
export interface TokenIssuer {
  /** The `iss` that a token must have. */
  readonly issuer: string
  /** The `aud` that a token must have. */
  readonly audience: string
  /** Where the issuer's public keys are. */
  readonly jwksUrl: string
}

// None that is symmetric: whoever verifies with such a key could issue tokens too, and a public key must never be
// taken for one.
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const CLOCK_TOLERANCE_SECONDS = 30
const FETCH_TIMEOUT_MS = 5000
const RETRY_AFTER_SECONDS = 10
/** The claim whose members are a scope. */
const SCOPE_CLAIM = 'posterframe'

/**
 * Verifies JSON Web Tokens (RFC 7519) against the key set of their issuer, which is fetched when it is first needed,
 * kept for ten minutes, and fetched again for a key that is not in it, at most every 30 seconds. A token without the
 * claim `posterframe` may `read` and no more.
 */
export function createTokenCheck ({ issuer, audience, jwksUrl }: TokenIssuer): (token: string) => Promise<Identity> {
  const keys = createRemoteJWKSet(new URL(jwksUrl), { timeoutDuration: FETCH_TIMEOUT_MS })
  const options = {
    issuer,
    audience,
    algorithms: ALGORITHMS,
    clockTolerance: CLOCK_TOLERANCE_SECONDS,
    requiredClaims: ['exp']
  }
  return async (token) => {
    try {
      return readIdentity((await jwtVerify(token, keys, options)).payload)
    } catch (error) {
      throw isFaultOfToken(error)
        ? new PosterframeError('unauthenticated', { detail: 'The token is not valid here.', cause: error })
        : new PosterframeError('identity_unavailable', { retryAfterSeconds: RETRY_AFTER_SECONDS, cause: error })
    }
  }
}

function readIdentity (payload: JWTPayload): Identity {
  const scope = readScope(payload[SCOPE_CLAIM] ?? {})
  if (scope === undefined) throw new errors.JWTInvalid(`the claim ${SCOPE_CLAIM} is not a scope`)
  return createIdentity(`jwt:${payload.sub ?? ''}`, scope, ['read'])
}

// What jose throws of a token has a class of its own; a key set that did not come, or is none, is not the token's
// fault.
function isFaultOfToken (error: unknown): boolean {
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
