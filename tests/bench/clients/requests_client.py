"""requests-oauthlib: a pool of threads, each with an OAuth1Session that keeps its connection."""

import threading

from client_options import CONSUMER_KEY, CONSUMER_SECRET, TOKEN, TOKEN_SECRET, Count, account_ids, is_good, parse_options
from requests_oauthlib import OAuth1Session


def work(options, accounts, count):
    session = OAuth1Session(CONSUMER_KEY, CONSUMER_SECRET, TOKEN, TOKEN_SECRET)
    session.verify = options.ca
    session.trust_env = False  # else the environment is searched for proxies at every request
    while True:
        account = next(accounts)
        try:
            answer = session.get(f"https://127.0.0.1:{options.port}/12/accounts/{account}/authenticated_user_access",
                                 timeout=10)
            count.add(is_good(answer.status_code, answer.json(), account))
        except OSError:
            count.add(False)


def main():
    options, accounts = parse_options(), account_ids()
    count = Count(options.seconds)
    workers = [threading.Thread(target=work, args=(options, accounts, count), daemon=True)
               for _ in range(options.connections)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()


main()
