import type { ProbeReply, ProbeRequest, StoreProbe } from '../../src/store/store-probe.ts'

/** Returns a reply that is ok unless `members` say otherwise. */
export function fakeReply (members: Partial<ProbeReply> = {}): ProbeReply {
  const status = 'status' in members ? members.status : 200
  return {
    ok: status === 200 || status === 206,
    status,
    code: undefined,
    statuses: status === undefined ? [] : [status],
    origin: 'https://s3.example',
    region: undefined,
    skewMs: 0,
    headers: {},
    objects: [],
    corsRules: [],
    ...members
  }
}

/** A probe that returns what `answer` says, and records its requests as `operation bucket/key`. */
export function fakeProbe (
  answer: (request: ProbeRequest, paysRequest: boolean) => Partial<ProbeReply> = () => ({}),
  settings: Partial<StoreProbe> = {}
): StoreProbe & { readonly requests: string[] } {
  const requests: string[] = []
  return {
    requests,
    readRegion: async () => ({ value: 'us-east-1' }),
    readCredentials: async () => ({ value: { accessKeyId: 'AKIDTEST', expiration: undefined } }),
    ask: async (request, { paysRequest = false }) => {
      requests.push(`${request.operation} ${request.bucket}${'key' in request ? `/${request.key}` : ''}`)
      return fakeReply(answer(request, paysRequest))
    },
    ...settings
  }
}
