import { summarizeTraffic } from '../store/exchange.ts'
import type { BenchStore } from '../store/store.ts'
import { type Posterframe, requestThumbnail, type ThumbnailRequest } from '../support/posterframe.ts'
import { readFamilyCpuSeconds, readFamilyPeakBytes, readPeakBytes, resetPeak } from '../support/process-cost.ts'
import type { PosterframeContestant } from './contestants.ts'
import { readImageBarcode } from './image-barcode.ts'
import type { IndexState, Sample } from './sample.ts'

/** Returns which contestant a service is. */
export function contestantOf ({ decoder }: Pick<Posterframe, 'decoder'>): PosterframeContestant {
  return decoder === 'libav' ? 'posterframeLibav' : 'posterframeFfmpeg'
}

/**
 * Requests a thumbnail and measures the service. Its scratch is not polled, since polling takes time: see `observe`.
 */
export async function measurePosterframe (
  { proxy }: Pick<BenchStore, 'proxy'>,
  service: Posterframe,
  request: ThumbnailRequest & { readonly input: string, readonly index: IndexState }
): Promise<Sample> {
  await proxy.takeExchanges()
  await resetPeak(service.pid)
  const cpuBefore = await readFamilyCpuSeconds(service.pid)
  const startMs = performance.now()
  const { url, report } = await requestThumbnail(service.base, request)
  const ms = performance.now() - startMs
  const [cpuAfter, peakBytes, exchanges] = await Promise.all([
    readFamilyCpuSeconds(service.pid),
    service.decoder === 'libav' ? readFamilyPeakBytes(service.pid) : readPeakBytes(service.pid),
    proxy.takeExchanges()
  ])
  const barcode = await readImageBarcode(Buffer.from(await (await fetch(url)).arrayBuffer()))
  const { input, seek, index } = request
  return {
    ...summarizeTraffic(exchanges),
    contestant: contestantOf(service),
    input,
    seek,
    index,
    ms,
    cpuSeconds: cpuAfter - cpuBefore,
    peakBytes,
    scratchBytes: NaN,
    isTimedOut: false,
    barcode,
    report
  }
}
