"""Views for people who open an index with Datasette, sqlite-utils or the sqlite3 shell.

The tables are laid out for the program: numbers for ids, blobs, packed passages. The views say the same in
the words of the documentation, one row for what one row means: `articles`, `groups`, `matches`, `passages`.
"""

from __future__ import annotations

from typing import Final

VIEWS: Final = """
CREATE VIEW articles AS
SELECT article.id AS article_id, grouped.id AS group_id, source, published, title, byline, language, url,
    words, added
FROM article LEFT JOIN membership ON membership.number = article.number
LEFT JOIN grouped ON grouped.number = membership.grouped;
CREATE VIEW groups AS
SELECT grouped.id AS group_id, grouped.size AS articles, count(DISTINCT source) AS sources,
    min(published) AS first_published, max(published) AS last_published, sum(published IS NULL) AS undated,
    (SELECT title FROM article AS first JOIN membership AS own ON own.number = first.number
     WHERE own.grouped = grouped.number ORDER BY first.published IS NULL, first.published, first.number
     LIMIT 1) AS title
FROM grouped JOIN membership ON membership.grouped = grouped.number
JOIN article ON article.number = membership.number
GROUP BY grouped.number;
CREATE VIEW matches AS
SELECT x.id AS a, y.id AS b,
    CASE relation WHEN 0 THEN 'identical' WHEN 1 THEN 'revision' WHEN 2 THEN 'near-duplicate'
        WHEN 3 THEN 'excerpt' WHEN 4 THEN 'derived' WHEN 5 THEN 'quote'
        WHEN 6 THEN 'template' END AS relation,
    grouped.id AS group_id, round(resemblance, 4) AS resemblance, round(containment_a, 4) AS containment_a,
    round(containment_b, 4) AS containment_b, json_array_length(passages) AS passages,
    (SELECT coalesce(sum(json_extract(value, '$[4]')), 0) FROM json_each(passages)) AS words,
    x.source AS a_source, y.source AS b_source, x.published AS a_published, y.published AS b_published,
    x.title AS a_title, y.title AS b_title
FROM match JOIN article AS x ON x.number = match.a JOIN article AS y ON y.number = match.b
LEFT JOIN membership AS p ON p.number = match.a LEFT JOIN membership AS q ON q.number = match.b
LEFT JOIN grouped ON grouped.number = p.grouped AND p.grouped = q.grouped;
CREATE VIEW passages AS
SELECT x.id AS a, y.id AS b, json_each.key + 1 AS number,
    json_extract(value, '$[0]') AS a_start, json_extract(value, '$[1]') AS a_end,
    json_extract(value, '$[2]') AS b_start, json_extract(value, '$[3]') AS b_end,
    json_extract(value, '$[4]') AS words, round(json_extract(value, '$[5]'), 4) AS similarity,
    json_extract(value, '$[6]') AS quoted
FROM match JOIN article AS x ON x.number = match.a JOIN article AS y ON y.number = match.b
JOIN json_each(match.passages)
"""
"""Frozen with the schema: what these views lack is for a later migration to add."""
