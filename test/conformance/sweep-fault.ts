import type { Entry } from './corpus.ts'
import { listRightCodes } from './error-kinds.ts'
import { WIDTH } from './judge.ts'
import type { ConformingService } from './service.ts'
import type { Outcome } from './sweep-video.ts'

/** Requests thumbnails of a file that has none, and compares the errors with what the corpus expects of the file. */
export async function sweepFault (service: ConformingService, path: string, entry: Entry): Promise<Outcome> {
  const rightCodes = listRightCodes([entry.expectation, ...entry.also_acceptable])
  const maySucceed = entry.also_acceptable.includes('ok')
  const misses = new Set<string>()
  const modes = new Set<string>()
  const options = { width: String(WIDTH), format: 'png' }
  const requests = [
    () => service.requestByKey(entry.file, { timestamp: 'first', ...options }),
    () => service.requestByKey(entry.file, { timestamp: 'middle', ...options }),
    () => service.requestUpload(path, entry.upload_name, { timestamp: 'first', ...options })
  ]
  let rightErrors = 0
  for (const request of requests) {
    const { status, body } = await request()
    const isMade = status < 300
    const result = isMade ? 'a picture' : String(body['code'])
    if (isMade) modes.add(String((body['work'] as { mode: string }).mode))
    if (isMade ? maySucceed : rightCodes.includes(result)) rightErrors++
    else misses.add(`${isMade ? '' : `${status} `}${result}, not ${rightCodes.join(' or ')}`)
  }
  return { requests: requests.length, misses: [...misses], rightErrors, modes: [...modes], jpegSsim: undefined }
}
