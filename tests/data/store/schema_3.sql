-- Rows of schema 3, in the forms in which a program of that time wrote them.
INSERT INTO meta (name, value) VALUES ('created_at', 1795435200123);
INSERT INTO meta (name, value) VALUES ('last_sequence', 7);
INSERT INTO tokens (number, id, name, source, app, kind, user_id, claimed_user, labels, accounts, revision, added_at, removed_at, sealed) VALUES (1, x'01a20846fe7b09090909090909090909', 'brand-a', 1, 'agency', 1, 2417045708, '', '', 'acc1', 1, 1795435200123, NULL, x'01');
INSERT INTO probes (number, id, token, account, ended, vanished, run_answer, run_since, run_last_seen, run_count, run_http_status, run_code, normal, last_good_at, suspicion, accepted) VALUES (1, x'01a20846fe7b08080808080808080808', 1, 'acc1', 0, 0, 0, 1795435202123, 1795435209123, 7, 401, '89', x'02901130cc', 1795435201123, NULL, 0);
INSERT INTO changes (number, id, at, kind, probe, token, account, before, after, http_status, code, confirmations, hash, rule, witnesses) VALUES (1, x'01010101010101010101', 1795435200123, 2, NULL, 1, NULL, NULL, 'developer of app agency, accounts acc1', 0, '', 0, x'db4073ff8b292359270158d75e8527f4ada470d47444e426b2b1f5d5bceefcd5', NULL, NULL);
INSERT INTO changes (number, id, at, kind, probe, token, account, before, after, http_status, code, confirmations, hash, rule, witnesses) VALUES (2, x'02020202020202020202', 1795435201123, 1, 1, NULL, NULL, NULL, x'02901130cc', 200, '', 1, x'3b25a12c09cb0c6ed75adc9b9370cd679c84cc9007592172c08307ec1feecab5', NULL, NULL);
INSERT INTO changes (number, id, at, kind, probe, token, account, before, after, http_status, code, confirmations, hash, rule, witnesses) VALUES (3, x'03030303030303030303', 1795435202123, 0, 1, NULL, NULL, x'02901130cc', 0, 401, '89', 2, x'5e951d9874d4104af148be8577fc851176ddd800e6e220b62764e8b924f8aedf', NULL, NULL);
INSERT INTO changes (number, id, at, kind, probe, token, account, before, after, http_status, code, confirmations, hash, rule, witnesses) VALUES (4, x'04040404040404040404', 1795435203123, 0, NULL, 'gone', 'acc9', 'granted', 'denied', 404, 'NOT_FOUND', 2, x'3df73d69e8f5a0cc097e6f4e719324d9ee85fad2eabaf760c939d60a7810cf08', NULL, NULL);
INSERT INTO incidents (opened_at, id, cause, token, account, before, after, last_good_at, http_status, code, confirmations, updated_at, resolved_at, topic, rule, part_of, more) VALUES (1795435202123, x'06060606060606060606', 6, 1, 'acc1', 2, 8, NULL, 200, '', 2, 1795435202123, 1795435205123, '', '', NULL, NULL);
INSERT INTO incidents (opened_at, id, cause, token, account, before, after, last_good_at, http_status, code, confirmations, updated_at, resolved_at, topic, rule, part_of, more) VALUES (1795435202123, x'07070707070707070707', 0, 1, '', NULL, NULL, 1795435201123, 401, '89', 2, 1795435202123, NULL, '', '', NULL, NULL);
INSERT INTO bodies (alert, channel, words, bytes) VALUES (x'01a20846fe7ba1a1a1a1a1a1a1a1a1a1', 'slack', '', CAST('{"text":"Access token revoked"}' AS BLOB));
INSERT INTO bodies (alert, channel, words, bytes) VALUES (x'01a20846fe7ba2a2a2a2a2a2a2a2a2a2', 'slack', 'ops', CAST('{"text":"Role reduced"}' AS BLOB));
INSERT INTO deliveries (sequence, destination, id, alert, channel, words, act, thread, order_key, created_at, state, attempts, next_attempt_at) VALUES
  (6, 'ops', x'01a20846fe7bd1d1d1d1d1d1d1d1d1d1', x'01a20846fe7ba1a1a1a1a1a1a1a1a1a1', 'slack', '', 'send', '', 'tok_1', 1795435200123, 'delivered', 1, 1795435205123),
  (7, 'ops', x'01a20846fe7bd2d2d2d2d2d2d2d2d2d2', x'01a20846fe7ba2a2a2a2a2a2a2a2a2a2', 'slack', 'ops', 'send', '', 'tok_1', 1795435201123, 'pending', 2, 1795435206123);
INSERT INTO delivery_attempts (number, delivery, at, http_status, outcome, took_ms) VALUES
  (1, x'01a20846fe7bd1d1d1d1d1d1d1d1d1d1', 1795435200143, 200, 'delivered', 35);
INSERT INTO alerts (sequence, id, at, kind, title, test, incident) VALUES
  (6, x'01a20846fe7ba1a1a1a1a1a1a1a1a1a1', 1795435200123, 'opened', 'Access token revoked: brand-a', 0, NULL),
  (7, x'01a20846fe7ba2a2a2a2a2a2a2a2a2a2', 1795435201123, 'opened', 'Role reduced: brand-a', 0, NULL);
