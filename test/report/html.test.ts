import assert from 'node:assert/strict';
import test from 'node:test';
import { integer, listing, percent, plural, points, slug } from '../../src/report/format.ts';
import { html, trusted } from '../../src/report/html.ts';

test('text is escaped in content and in attributes, markup and lists of it are kept', () => {
  const hostile = `<script>alert("1")</script>'&amp;`;
  const list = [html`<i>${hostile}</i>`, 'a<b'];
  assert.equal(
    html`<p title="${hostile}">${list}${trusted('<b>ok</b>')}</p>`.markup,
    '<p title="&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;"><i>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#39;&amp;amp;</i>a&lt;b<b>ok</b></p>',
  );
});

test('zero is a value, null and false are nothing', () => {
  assert.equal(html`${0}|${''}|${null}|${undefined}|${false}`.markup, '0||||');
});

test('numbers are written for people', () => {
  assert.equal(percent(0.71234), '71.2');
  assert.equal(points(0.142), '+14.2');
  assert.equal(points(-0.01), '−1.0');
  assert.equal(points(-0.0004), '0.0');
  assert.equal(integer(1234567), '1,234,567');
  assert.equal(plural(1, 'seed'), '1 seed');
  assert.equal(plural(3, 'seed'), '3 seeds');
  assert.equal(listing(['a', 'b', 'c']), 'a, b and c');
  assert.equal(slug('ViT-B/32'), 'vit-b-32');
  assert.equal(slug('../..'), 'x');
});
