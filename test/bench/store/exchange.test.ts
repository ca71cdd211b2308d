import t from 'tap'
import { summarizeTraffic, type Exchange } from '../../../bench/store/exchange.ts'

const exchange = (startMs: number, endMs: number, range: Exchange['range'], method = 'GET'): Exchange => ({
  method,
  path: `/videos/a.mp4?signed=${startMs}`,
  range,
  startMs,
  firstByteMs: startMs + 20,
  endMs,
  bytes: 100
})

t.test('counts concurrent requests for adjacent byte ranges once', async (t) => {
  const traffic = summarizeTraffic([
    exchange(0, 30, [0, 9]),
    exchange(40, 90, [100, 199]),
    exchange(41, 95, [200, 299]),
    exchange(42, 80, [300, 399]),
    exchange(100, 130, null, 'PUT')
  ])
  t.same(traffic, {
    methods: 'GET GET GET GET PUT',
    bytes: 500,
    requests: 4,
    mergedRequests: 2,
    videoReads: 2,
    roundTrips: 2
  })
})

t.test('counts requests that are not adjacent or not concurrent separately', async (t) => {
  t.equal(summarizeTraffic([exchange(0, 50, [0, 9]), exchange(1, 50, [20, 29])]).mergedRequests, 2, 'a gap')
  t.equal(summarizeTraffic([exchange(0, 50, [0, 9]), exchange(60, 90, [10, 19])]).mergedRequests, 2, 'in sequence')
  t.equal(summarizeTraffic([exchange(0, 50, null), exchange(1, 50, null)]).mergedRequests, 2, 'no range')
})

t.test('counts reads of the video without requests about the thumbnail', async (t) => {
  const traffic = summarizeTraffic([exchange(0, 30, [0, 9]), exchange(40, 60, null, 'HEAD')])
  t.match(traffic, { mergedRequests: 2, videoReads: 1 })
})

t.test('counts the requests that waited for a response as round trips', async (t) => {
  t.equal(
    summarizeTraffic([exchange(0, 50, [0, 9]), exchange(5, 50, [90, 99]), exchange(60, 90, [10, 19])]).roundTrips,
    2
  )
})
