"""aiohttp: one session, as many tasks as connections, signed by oauthlib."""

import asyncio
import ssl

import aiohttp
import oauthlib.oauth1
from client_options import CONSUMER_KEY, CONSUMER_SECRET, TOKEN, TOKEN_SECRET, Count, account_ids, is_good, parse_options


async def work(session, port, accounts, count):
    signer = oauthlib.oauth1.Client(CONSUMER_KEY, CONSUMER_SECRET, TOKEN, TOKEN_SECRET)
    while True:
        account = next(accounts)
        url = f"https://127.0.0.1:{port}/12/accounts/{account}/authenticated_user_access"
        _, headers, _ = signer.sign(url)
        try:
            async with session.get(url, headers=headers) as answer:
                count.add(is_good(answer.status, await answer.json(), account))
        except (aiohttp.ClientError, asyncio.TimeoutError):
            count.add(False)


async def main():
    options, accounts = parse_options(), account_ids()
    count = Count(options.seconds)
    connector = aiohttp.TCPConnector(limit=options.connections, ssl=ssl.create_default_context(cafile=options.ca))
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=10)) as session:
        await asyncio.gather(*(work(session, options.port, accounts, count) for _ in range(options.connections)))


asyncio.run(main())
