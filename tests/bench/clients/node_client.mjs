// twitter-api-v2's client for the Ads API with a keep-alive agent. npm installs it beside the working copy of this file.
import { readFileSync } from 'node:fs'
import https from 'node:https'
import { parseArgs } from 'node:util'
import { TwitterApi } from 'twitter-api-v2'

const { values: options } = parseArgs({
  options: {
    port: { type: 'string' },
    ca: { type: 'string' },
    connections: { type: 'string', default: '64' },
    seconds: { type: 'string', default: '60' },
  },
})
const connections = Number(options.connections)
const agent = new https.Agent({ keepAlive: true, maxSockets: connections, ca: readFileSync(options.ca) })
const keys = {
  appKey: 'k'.repeat(25),
  appSecret: 's'.repeat(50),
  accessToken: '756201191646691328-' + 't'.repeat(31),
  accessSecret: 'u'.repeat(45),
}
const ads = new TwitterApi(keys, { httpAgent: agent, compression: 'identity' }).ads
ads.setPrefix(`https://127.0.0.1:${options.port}/12/`)

let requests = 0
let errors = 0
let next = 0

async function work() {
  for (;;) {
    const account = '18ce' + String(next++ % 1000).padStart(7, '0')
    try {
      const answer = await ads.get(`accounts/${account}/authenticated_user_access`)
      if (answer.request.params.account_id !== account || !Array.isArray(answer.data.permissions)) errors++
    } catch {
      errors++
    }
    requests++
  }
}

function finish() {
  console.log(JSON.stringify({ requests, errors }))
  process.exit(0)
}

process.on('SIGTERM', finish)
setTimeout(finish, 1000 * Number(options.seconds))
for (let worker = 0; worker < connections; worker++) work()
