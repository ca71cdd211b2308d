import { type ApiKeyEntry, createApiKeyCheck } from './api-keys.ts'
import { type Authenticate, createAuthenticate } from './authenticate.ts'
import { createTokenCheck, type TokenIssuer } from './tokens.ts'

/** The configured ways to authenticate, and what they check against. */
export interface AuthenticationSettings {
  readonly methods: ReadonlyArray<'none' | 'api-key' | 'jwt'>
  readonly apiKeys: readonly ApiKeyEntry[]
  readonly tokenIssuer: TokenIssuer | undefined
}

/** Returns the check of credentials; undefined if everyone may use the service. */
export function createAuthentication ({
  methods,
  apiKeys,
  tokenIssuer
}: AuthenticationSettings): Authenticate | undefined {
  if (methods.includes('none')) return undefined
  return createAuthenticate({
    checkApiKey: methods.includes('api-key') ? createApiKeyCheck(apiKeys) : undefined,
    checkToken: tokenIssuer === undefined ? undefined : createTokenCheck(tokenIssuer)
  })
}
