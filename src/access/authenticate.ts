import { ERROR_CATALOGUE, PosterframeError } from '../errors.ts'
import type { Identity } from './scope.ts'

/** Credentials of a request. */
export interface Credentials {
  /** Value of the header `X-Api-Key`. */
  readonly apiKey: string | undefined
  /** Value of `Authorization: Bearer`: an API key or a token. */
  readonly bearer: string | undefined
}

/** Returns the identity of credentials. Throws `unauthenticated` if they are invalid, and `identity_unavailable`. */
export type Authenticate = (credentials: Credentials) => Promise<Identity>

/** The enabled authentication methods. */
export interface AuthenticationMethods {
  readonly checkApiKey: ((key: string) => Identity | undefined) | undefined
  /** Throws as {@link Authenticate} does. */
  readonly checkToken: ((token: string) => Promise<Identity>) | undefined
}

/** Creates the authentication by the enabled methods. A bearer that is not an API key is checked as a token. */
export function createAuthenticate ({ checkApiKey, checkToken }: AuthenticationMethods): Authenticate {
  return async ({ apiKey, bearer }) => {
    const key = apiKey ?? bearer
    const identity = key === undefined ? undefined : checkApiKey?.(key)
    if (identity !== undefined) return identity
    if (apiKey === undefined && bearer !== undefined && checkToken !== undefined) return await checkToken(bearer)
    const problem =
      key === undefined
        ? 'The header Authorization does not begin with Bearer and a token.'
        : 'The credentials are not those of a key that the service knows.'
    throw new PosterframeError('unauthenticated', { detail: `${problem} ${ERROR_CATALOGUE.unauthenticated.detail}` })
  }
}
