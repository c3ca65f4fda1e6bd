// Follows a topic in examples/watch.html and checks what the page shows. Called by .ci/browser.
import assert from 'node:assert/strict'
import {readFile} from 'node:fs/promises'
import {createServer} from 'node:http'
import {chromium} from 'playwright-core'

const [address, pagePort, examples] = process.argv.slice(2)
const server = `http://${address}`

const pages = createServer(async (request, response) => {
  try {
    const html = await readFile(`${examples}${new URL(request.url, server).pathname}`)
    response.setHeader('Content-Type', 'text/html')
    response.end(html)
  } catch {
    response.writeHead(404).end()
  }
})
await new Promise(resolve => pages.listen(Number(pagePort), '127.0.0.1', resolve))

async function call(method, path, json) {
  const answer = await fetch(server + path, {
    method,
    headers: {'Content-Type': 'application/json'},
    body: json && JSON.stringify(json)
  })
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${await answer.text()}`)
}

const append = (...data) =>
  call('POST', '/v0/topics/seen-in-browser', {records: data.map(value => ({data: value}))})

await call('PUT', '/v0/topics/seen-in-browser', {cap_records: 2})
await append('one', 'two', 'three', 'four')

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM,
  args: [
    '--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
    '--disable-background-networking', '--disable-component-update', '--disable-sync'
  ]
})
try {
  const page = await browser.newPage()
  const complaints = []
  page.on('pageerror', error => complaints.push(String(error)))
  await page.goto(`http://127.0.0.1:${pagePort}/watch.html?server=${server}`)

  const shows = text => page.locator('li', {hasText: text}).waitFor({timeout: 60_000})
  await page.fill('[name=topics]', 'seen-in-browser')
  await page.click('button')
  await shows('seen-in-browser: lost #1 to #2 (from_seq_too_old)')
  await shows('#3 "three"')
  await shows('caught up at #4')
  await append('live')
  await shows('#5 "live"')
  const kinds = await page.locator('li').evaluateAll(items => items.map(item => item.className))
  assert.deepEqual(kinds, ['tombstone', 'record', 'record', 'caught-up', 'record'])

  await page.context().setOffline(true)
  await append('while away')
  await page.context().setOffline(false)
  await shows('#6 "while away"')

  await call('DELETE', '/v0/topics/seen-in-browser')
  await shows('seen-in-browser: deleted')

  await page.fill('[name=topics]', 'no-such-topic')
  await page.click('button')
  await page.getByRole('status').filter({hasText: 'no-such-topic'}).waitFor({timeout: 60_000})
  assert.deepEqual(complaints, [])
  console.log('the example page follows topics in a browser')
} finally {
  await browser.close()
  pages.close()
}
