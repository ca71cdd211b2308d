import { PosterframeError } from '../errors.ts'
import type { Identity } from './scope.ts'

/** What a request shows of itself. */
export interface Credentials {
  /** Of the header `X-Api-Key`. */
  readonly apiKey: string | undefined
  /** Of `Authorization: Bearer`: an API key or a token. */
  readonly bearer: string | undefined
}

/** Who it is that shows these; throws `unauthenticated` where they are nobody's, and `identity_unavailable`. */
export type Authenticate = (credentials: Credentials) => Promise<Identity>

/** The ways to be known, those that are in use. */
export interface AuthenticationWays {
  readonly checkApiKey: ((key: string) => Identity | undefined) | undefined
  /** Throws as {@link Authenticate} does. */
  readonly checkToken: ((token: string) => Promise<Identity>) | undefined
}

/** Joins the ways: a bearer that is no API key is taken for a token. */
export function createAuthenticate ({ checkApiKey, checkToken }: AuthenticationWays): Authenticate {
  return async ({ apiKey, bearer }) => {
    const key = apiKey ?? bearer
    const identity = key === undefined ? undefined : checkApiKey?.(key)
    if (identity !== undefined) return identity
    if (apiKey === undefined && bearer !== undefined && checkToken !== undefined) return await checkToken(bearer)
    throw new PosterframeError('unauthenticated')
  }
}
