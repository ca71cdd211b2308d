import t from 'tap'
import { drawChart } from '../../bench/thumbnails/chart.ts'

t.test('draws a line per series and skips what was not measured', async (t) => {
  const points = [
    { minutes: 1, value: 10 },
    { minutes: 10, value: NaN },
    { minutes: 120, value: 1000 }
  ]
  const svg = drawChart([
    { title: 'cost & length', format: (value) => `${value} <ms>`, series: [{ name: 'one', colour: '#123456', points }] }
  ])
  t.match(svg, /^<svg xmlns=/)
  t.equal(svg.match(/<circle/g)?.length, 2)
  t.match(svg, 'cost &amp; length')
  t.match(svg, '100 &lt;ms&gt;')
  t.match(svg, '2 h')
  t.notMatch(svg, 'NaN')
})
