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

t.test('counts parts of one run that are read at the same time once', async (t) => {
  const traffic = summarizeTraffic([
    exchange(0, 30, [0, 9]),
    exchange(40, 90, [100, 199]),
    exchange(41, 95, [200, 299]),
    exchange(42, 80, [300, 399]),
    exchange(100, 130, null, 'PUT')
  ])
  t.same(traffic, { methods: 'GET GET GET GET PUT', bytes: 500, requests: 4, runs: 2, reads: 2, roundTrips: 2 })
})

t.test('counts apart what is not one run or not at the same time', async (t) => {
  t.equal(summarizeTraffic([exchange(0, 50, [0, 9]), exchange(1, 50, [20, 29])]).runs, 2, 'a gap')
  t.equal(summarizeTraffic([exchange(0, 50, [0, 9]), exchange(60, 90, [10, 19])]).runs, 2, 'one after the other')
  t.equal(summarizeTraffic([exchange(0, 50, null), exchange(1, 50, null)]).runs, 2, 'no range')
})

t.test('counts reads of the video apart from questions about the picture', async (t) => {
  t.match(summarizeTraffic([exchange(0, 30, [0, 9]), exchange(40, 60, null, 'HEAD')]), { runs: 2, reads: 1 })
})

t.test('counts round trips by who waited for whom', async (t) => {
  t.equal(
    summarizeTraffic([exchange(0, 50, [0, 9]), exchange(5, 50, [90, 99]), exchange(60, 90, [10, 19])]).roundTrips,
    2
  )
})
