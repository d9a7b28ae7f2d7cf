import type { Product } from './products';

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:46rem;margin:2rem auto;color:#222}
ul.products{list-style:none;padding:0;display:grid;grid-template-columns:1fr 1fr;gap:1rem}
article{border:1px solid #ddd;border-radius:8px;padding:1rem}.price{font-weight:600}.sold-out{color:#a33}
nav{display:flex;gap:1rem;margin-top:1.5rem}blockquote{margin:.5rem 0;padding-left:1rem;border-left:3px solid #ddd}`;

export function listingPage(products: Product[], page: number, pages: number): string {
  const items = products.map(
    (product) => `<li><article class="product">
      <h2><a href="/products/${product.slug}">${escape(product.name)}</a></h2>
      <p class="price">${pounds(product.price)}</p>
      ${product.inStock ? '<p class="in-stock">In stock</p>' : '<p class="sold-out">Sold out</p>'}
    </article></li>`,
  );
  const previous = page > 1 ? `<a class="previous" href="/?page=${page - 1}">Previous</a>` : '';
  const next = page < pages ? `<a class="next" href="/?page=${page + 1}">Next</a>` : '';
  return layout(
    'All teas',
    `<h1>All teas</h1><p>Page ${page} of ${pages}</p><ul class="products">${items.join('\n')}</ul>
     <nav>${previous}${next}</nav>`,
  );
}

/** The reviews are not in the document: a script asks for them and draws them a while later. */
export function productPage(product: Product): string {
  return layout(
    product.name,
    `<article class="details" data-sku="${product.slug}">
       <h1>${escape(product.name)}</h1>
       <p class="price">${pounds(product.price)}</p>
       <dl><dt>Origin</dt><dd class="origin">${escape(product.origin)}</dd>
         <dt>Added</dt><dd><time class="added">1 June 2025</time></dd></dl>
     </article>
     <section id="reviews"><h2>Reviews</h2><p class="waiting">Loading …</p></section>
     <p><a href="/">All teas</a></p>
     <script src="/reviews.js" defer></script>`,
  );
}

export const reviewsScript = `
setTimeout(async () => {
  const section = document.querySelector('#reviews');
  const { sku } = document.querySelector('.details').dataset;
  const reviews = await (await fetch('/products/' + sku + '/reviews.json')).json();
  section.querySelector('.waiting').remove();
  for (const { author, stars, text } of reviews) {
    const quote = document.createElement('blockquote');
    quote.className = 'review';
    quote.innerHTML = '<b class="author"></b> <span class="stars"></span><p class="text"></p>';
    quote.querySelector('.author').textContent = author;
    quote.querySelector('.stars').textContent = '★'.repeat(stars);
    quote.querySelector('.stars').dataset.stars = stars;
    quote.querySelector('.text').textContent = text;
    section.append(quote);
  }
}, 400);
`;

function layout(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)} – Leaf & Kettle</title>
<style>${style}</style></head><body>${body}</body></html>`;
}

function pounds(price: number): string {
  return `£${price.toFixed(2)}`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
