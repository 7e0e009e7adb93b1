export default {
  en: {
    'not_found.title': 'There is no such page',
    'not_found.detail': 'Nothing is at {path}. The link may be old.',
    'not_found.wall': 'To the wall',
  },
  zh: {
    'not_found.title': '没有此页面',
    'not_found.detail': '{path} 处没有内容。链接可能已失效。',
    'not_found.wall': '前往监控墙',
  },
};
