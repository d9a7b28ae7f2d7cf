/** The robot of the demo: a listing over its pages, then one product whose reviews a script draws. */
export function shopRobot(shopUrl: string): object {
  return {
    title: 'Tea shop',
    steps: [
      { type: 'navigate', url: shopUrl },
      {
        type: 'extractList',
        name: 'teas',
        item: 'article.product',
        fields: {
          name: 'h2',
          price: { selector: '.price', type: 'number' },
          inStock: { selector: '.in-stock', type: 'boolean' },
          url: { selector: 'h2 a', attribute: 'href' },
        },
        paginate: { by: 'next', selector: 'a.next' },
      },
      { type: 'click', selectors: ['article.product h2 a'] },
      {
        type: 'extract',
        name: 'details',
        scope: 'article.details',
        fields: { name: 'h1', origin: '.origin', added: { selector: '.added', type: 'date' } },
      },
      {
        type: 'extractList',
        name: 'reviews',
        item: '.review',
        fields: {
          author: '.author',
          stars: { selector: '.stars', attribute: 'data-stars', type: 'number' },
          text: '.text',
        },
      },
      { type: 'screenshot', name: 'last page', fullPage: true },
    ],
  };
}
